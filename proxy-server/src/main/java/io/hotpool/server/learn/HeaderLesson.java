package io.hotpool.server.learn;

import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Field;
import io.hotpool.pool.profile.BrowserProfile.HeaderShapes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The header fields of a profile: by kind of request, the first one gives the browser's own values, all give the order. */
final class HeaderLesson {
    /** Fields that come from the page, the person or the request: their place is the browser's, their value never. */
    private static final Set<String> FROM_CLIENT = Set.of(
            "host",
            "cookie",
            "referer",
            "origin",
            "content-length",
            "content-type",
            "pragma",
            "cache-control",
            "access-control-request-method",
            "access-control-request-headers",
            "sec-websocket-key",
            "sec-websocket-version",
            "sec-websocket-extensions",
            "sec-websocket-protocol",
            "if-none-match",
            "if-modified-since",
            "range",
            "if-range");

    private static final String FETCH_SITE = "sec-fetch-site";
    private static final String FETCH_USER = "sec-fetch-user";
    private static final String FETCH_MODE = "sec-fetch-mode";

    private static final String CONTENT_TYPE = "content-type";

    private final List<SeenRequest> requests;
    private final @Nullable HeaderShapes like;
    private final Notes notes;

    /** A person has typed the address of some page. */
    private final boolean typed;

    /** What the browser says of itself, in every request. */
    private final Map<String, String> own = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    private HeaderLesson(List<SeenRequest> requests, @Nullable HeaderShapes like, Notes notes) {
        this.requests = requests;
        this.like = like;
        this.notes = notes;
        List<Field> navigations = requests.stream()
                .filter(request -> request.kind() == RequestKind.NAVIGATE)
                .flatMap(request -> request.fields().stream())
                .toList();
        this.typed = navigations.stream()
                .anyMatch(field -> field.name().equalsIgnoreCase(FETCH_SITE)
                        && field.value().equals("none"));
        navigations.forEach(field -> own.putIfAbsent(field.name(), field.value()));
    }

    static HeaderShapes of(List<SeenRequest> requests, @Nullable HeaderShapes like, Notes notes) {
        return new HeaderLesson(requests, like, notes).shapes();
    }

    private HeaderShapes shapes() {
        Map<RequestKind, List<Field>> http2 = protocol(Protocol.H2);
        Map<RequestKind, List<Field>> http1 = protocol(Protocol.H1);
        completeUser(http2, http1);
        return new HeaderShapes(http2, http1);
    }

    private Map<RequestKind, List<Field>> protocol(Protocol protocol) {
        Map<RequestKind, List<Field>> known =
                like == null ? Map.of() : protocol == Protocol.H2 ? like.http2() : like.http1();
        Map<RequestKind, List<Field>> kinds = new EnumMap<>(RequestKind.class);
        List<String> unseen = new ArrayList<>();
        for (RequestKind kind : RequestKind.values()) {
            List<SeenRequest> seen = requests.stream()
                    .filter(r -> r.kind() == kind && (r.http2() != null) == (protocol == Protocol.H2))
                    .toList();
            if (!seen.isEmpty()) {
                kinds.put(kind, fields(kind, seen, known.get(kind)));
            } else if (known.containsKey(kind)) {
                kinds.put(kind, asKnown(known.get(kind)));
                unseen.add(kind.label());
            }
        }
        if (!unseen.isEmpty()) {
            notes.assumed("header fields over " + protocol.label() + " of " + String.join(", ", unseen)
                    + ": order as by its family, with this browser's own values");
        }
        for (RequestKind needed : List.of(RequestKind.NAVIGATE, RequestKind.FETCH)) {
            if (!kinds.containsKey(needed)) {
                throw new LearnException("no request of kind " + needed.label() + " over " + protocol.label()
                        + " was seen, and no known profile is like this browser (--like names one)");
            }
        }
        return kinds;
    }

    private List<Field> fields(RequestKind kind, List<SeenRequest> seen, @Nullable List<Field> known) {
        Map<String, String> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        seen.get(0).places().forEach(field -> values.put(field.name(), value(kind, field)));
        List<Field> order = new ArrayList<>();
        for (String name : FieldOrder.of(seen.stream().map(HeaderLesson::names).toList())) {
            order.add(new Field(name, values.getOrDefault(name, "")));
        }
        if (known != null && !contains(known, CONTENT_TYPE)) {
            order.removeIf(field -> field.name().equalsIgnoreCase(CONTENT_TYPE)); // one of the script's own fields
        }
        addKnownPlaces(kind, order, known);
        return List.copyOf(order);
    }

    private static List<String> names(SeenRequest request) {
        return request.places().stream().map(Field::name).toList();
    }

    private String value(RequestKind kind, Field field) {
        String name = field.name().toLowerCase(Locale.ROOT);
        if (kind == RequestKind.NAVIGATE
                && name.equals(FETCH_SITE)
                && !field.value().equals("none")) {
            if (!typed) {
                notes.assumed("Sec-Fetch-Site: none: the address was not typed (Fetch Metadata, 2.4)");
            }
            return "none";
        }
        boolean kept = kind != RequestKind.NAVIGATE && (name.equals("cache-control") || name.equals("pragma"));
        return FROM_CLIENT.contains(name) && !kept || !writable(field) ? "" : field.value();
    }

    /** Values that a profile can hold; others are left to the client. */
    private boolean writable(Field field) {
        boolean writable = field.value().chars().allMatch(c -> c >= ' ' && c <= '~')
                && field.value().equals(field.value().strip());
        if (!writable) {
            notes.assumed(field.name() + " has a value that is not plain text: it is left out");
        }
        return writable;
    }

    /** Behind the last of the names that it follows. */
    private static void insert(List<Field> order, String name, String value, List<Field> before) {
        int at = 0;
        for (Field earlier : before) {
            at = Math.max(at, indexOf(order, earlier.name()) + 1);
        }
        order.add(at, new Field(name, value));
    }

    /** Places of fields that a page, a person or a cache may add, where no request had them. */
    private void addKnownPlaces(RequestKind kind, List<Field> order, @Nullable List<Field> known) {
        boolean assumed = known != null && KnownPlaces.add(order, known);
        if (!contains(order, Field.OTHERS)) {
            order.add(new Field(Field.OTHERS, ""));
            assumed = true;
        }
        if (assumed && kind == RequestKind.NAVIGATE) {
            notes.assumed(
                    "places of fields that a page, a person or a cache may add, for kinds of request that were not"
                            + " seen with them: as by its family");
        }
    }

    /** The last of the known predecessors that is there. */
    private static List<Field> nearest(List<Field> order, List<Field> before) {
        for (int i = before.size() - 1; i >= 0; i--) {
            if (contains(order, before.get(i).name())) {
                return List.of(before.get(i));
            }
        }
        return List.of();
    }

    /** The family's list with this browser's own values: what it never sends is left out. */
    private List<Field> asKnown(List<Field> known) {
        List<Field> fields = new ArrayList<>();
        for (Field field : known) {
            if (field.placeOnly() || !ofItself(field.name())) {
                fields.add(field);
            } else if (own.containsKey(field.name())) {
                fields.add(new Field(field.name(), own.get(field.name())));
            }
        }
        return List.copyOf(fields);
    }

    /** Tells browsers apart, whatever the kind of request. */
    private static boolean ofItself(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals("user-agent")
                || lower.equals("accept-encoding")
                || lower.equals("accept-language")
                || lower.equals("te")
                || lower.startsWith("sec-ch-ua");
    }

    /** A page cannot make a navigation over HTTP/1.1 that a person made: what tells of her is where it is in HTTP/2. */
    private void completeUser(Map<RequestKind, List<Field>> http2, Map<RequestKind, List<Field>> http1) {
        List<Field> from = http2.get(RequestKind.NAVIGATE);
        List<Field> to = http1.get(RequestKind.NAVIGATE);
        if (from == null || to == null || !contains(to, FETCH_MODE)) {
            return;
        }
        int at = indexOf(from, FETCH_USER);
        if (at < 0) {
            return;
        }
        int already = indexOf(to, FETCH_USER);
        if (already >= 0 && !to.get(already).placeOnly()) {
            return;
        }
        List<Field> order = new ArrayList<>(to);
        if (already >= 0) {
            order.remove(already);
        }
        insert(order, "Sec-Fetch-User", from.get(at).value(), nearest(order, from.subList(0, at)));
        http1.put(RequestKind.NAVIGATE, List.copyOf(order));
    }

    private static boolean contains(List<Field> order, String name) {
        return indexOf(order, name) >= 0;
    }

    private static int indexOf(List<Field> order, String name) {
        for (int i = 0; i < order.size(); i++) {
            if (order.get(i).name().equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }
}
