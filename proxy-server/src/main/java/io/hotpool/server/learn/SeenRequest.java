package io.hotpool.server.learn;

import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request and what the browser made it for.
 *
 * @param fields names as on the wire, values; without pseudo-header fields
 * @param http2 how it was written; null for HTTP/1.1
 */
public record SeenRequest(RequestKind kind, List<Field> fields, Http2Session.@Nullable Request http2) {
    /** A field that the pages of the capture set: stands for all that a page may set. */
    private static final String CUSTOM = "x-custom";

    public static SeenRequest http2(RequestKind kind, Http2Session.Request request) {
        List<Field> fields = request.fields().stream()
                .filter(field -> !field.name().startsWith(":"))
                .map(field -> new Field(field.name(), field.value()))
                .toList();
        return new SeenRequest(kind, fields, request);
    }

    public static SeenRequest http1(RequestKind kind, List<Field> fields) {
        return new SeenRequest(kind, fields, null);
    }

    /** Each name once, in order; a field of the page's own is the place of all such. */
    List<Field> places() {
        List<Field> places = new ArrayList<>();
        for (Field field : fields) {
            boolean custom = field.name().equalsIgnoreCase(CUSTOM);
            Field place = custom ? new Field(Field.OTHERS, "") : field;
            if (places.stream().noneMatch(p -> p.name().equalsIgnoreCase(place.name()))) {
                places.add(place);
            }
        }
        return places;
    }

    boolean has(String name) {
        return fields.stream()
                .anyMatch(field -> field.name().toLowerCase(Locale.ROOT).equals(name));
    }
}
