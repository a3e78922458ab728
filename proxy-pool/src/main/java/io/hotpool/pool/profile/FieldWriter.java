package io.hotpool.pool.profile;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.profile.BrowserProfile.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts the fields of one request into a list, spelled for one protocol; each structural field once. */
final class FieldWriter {
    private static final String COOKIE = "cookie";
    /** Written from the head; a client's own ones are places only. */
    private static final Set<String> STRUCTURAL =
            Set.of("host", "connection", "upgrade", "content-length", "transfer-encoding");

    private final BrowserProfile profile;
    private final Protocol protocol;
    private final HeaderList out;
    private final boolean cased;
    /** Fields that follow from the head, by lower-case name, until they are written. */
    private final Map<String, Field> structural = new LinkedHashMap<>();

    FieldWriter(RequestHead asked, BrowserProfile profile, Protocol protocol, HeaderList out) {
        this.profile = profile;
        this.protocol = protocol;
        this.out = out;
        this.cased = asked.headers().cased();
        if (protocol == Protocol.H1) {
            need("Host", asked.authority());
            need("Connection", asked.upgrades() ? "Upgrade" : "keep-alive");
            if (asked.upgrades()) {
                need("Upgrade", asked.upgrade());
            }
            if (asked.bodyLength() == RequestHead.UNKNOWN_LENGTH) {
                need("Transfer-Encoding", "chunked");
            }
        }
        if (asked.bodyLength() > 0 || asked.bodyLength() == 0 && expectsBody(asked.method())) {
            need("Content-Length", Long.toString(asked.bodyLength()));
        }
    }

    private void need(String name, String value) {
        structural.put(name.toLowerCase(Locale.ROOT), new Field(spelledByBrowser(name), value));
    }

    /** RFC 9110, 8.6: methods that give a body meaning send a length of 0 too, as browsers do. */
    private static boolean expectsBody(String method) {
        return method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
    }

    /** Writes a field that follows from the head, if {@code field} is one. True when there is nothing more to do. */
    boolean structural(Field field, List<Field> order) {
        String name = field.name().toLowerCase(Locale.ROOT);
        switch (name) {
            case "host", "upgrade" -> write(name, field.name(), "");
            case "connection" -> write(name, field.name(), field.value());
            case "content-length" -> {
                if (!elsewhere(field, order)) {
                    write(name, field.name(), "");
                    write("transfer-encoding", "Transfer-Encoding", "");
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** {@code content-length: 0} is the place of an empty body's length. */
    private boolean elsewhere(Field field, List<Field> order) {
        Field needed = structural.get("content-length");
        boolean empty = needed != null && needed.value().equals("0");
        return field.placeOnly() ? empty && valued(order, field.name()) != null : !empty;
    }

    private void write(String lowerName, String name, String ownValue) {
        Field needed = structural.remove(lowerName);
        if (needed != null) {
            boolean own = !ownValue.isEmpty() && !needed.value().equals("Upgrade");
            out.add(name, own ? ownValue : needed.value());
        }
    }

    /**
     * Writes the client's fields of that name, where this is their place: a browser may have one for its own value and one
     * for that which a page chose. False when there is nothing of the client's.
     */
    boolean chosen(HeaderList client, Field field, List<Field> order) {
        if (!client.contains(field.name())) {
            return false;
        }
        if (field.placeOnly()) {
            Field own = valued(order, field.name());
            return own != null && own.value().equals(client.get(field.name())) || fromClient(client, field.name());
        }
        return out.contains(field.name()) || fromClient(client, field.name());
    }

    /** The field of that name with a value; null when there is none. */
    private static @Nullable Field valued(List<Field> order, String name) {
        for (Field field : order) {
            if (!field.placeOnly() && field.name().equalsIgnoreCase(name)) {
                return field;
            }
        }
        return null;
    }

    /** Writes the client's fields of that name. False when it has none. */
    boolean fromClient(HeaderList client, String name) {
        if (!client.contains(name)) {
            return false;
        }
        List<String> values = client.getAll(name);
        if (name.equalsIgnoreCase(COOKIE) && values.size() > 1) {
            values = List.of(String.join("; ", values)); // RFC 9113, 8.2.3
        }
        values.forEach(value -> out.add(name, value));
        return true;
    }

    /** Writes the client's fields but those that the browser's order names, in the client's order. */
    void others(HeaderList client, List<Field> order) {
        boolean cookies = false;
        for (int i = 0; i < client.size(); i++) {
            String name = client.name(i);
            if (named(order, name) || STRUCTURAL.contains(name.toLowerCase(Locale.ROOT))) {
                continue;
            }
            if (!name.equalsIgnoreCase(COOKIE)) {
                out.add(spelled(name), client.value(i));
            } else if (!cookies) {
                cookies = fromClient(client, spelled(name));
            }
        }
    }

    /** Writes the client's fields in the client's order, and in their places, where it has them, the structural ones. */
    void inPlace(HeaderList client) {
        boolean cookies = false;
        for (int i = 0; i < client.size(); i++) {
            String name = client.name(i);
            String lower = name.toLowerCase(Locale.ROOT);
            if (STRUCTURAL.contains(lower)) {
                writeInPlace(lower, name);
            } else if (!name.equalsIgnoreCase(COOKIE)) {
                out.add(spelled(name), client.value(i));
            } else if (!cookies) {
                cookies = fromClient(client, spelled(name));
            }
        }
        if (client.contains("Host") && !client.contains("Connection")) {
            structural.computeIfPresent("connection", (key, field) -> keptAlive(field) ? null : field);
        }
    }

    /** The length of a body may have come to be known, or not to be known, on the way. */
    private void writeInPlace(String lower, String name) {
        boolean framing = lower.equals("content-length") || lower.equals("transfer-encoding");
        String needed = framing && structural.containsKey("transfer-encoding")
                ? "transfer-encoding"
                : framing ? "content-length" : lower;
        write(needed, needed.equals(lower) ? spelled(name) : spelledByBrowser(needed), "");
    }

    /** What HTTP/1.1 means by itself: a client whose Host has its place, and which did not say it, goes without. */
    private static boolean keptAlive(Field connection) {
        return connection.value().equals("keep-alive");
    }

    static boolean named(List<Field> order, String name) {
        for (Field field : order) {
            if (field.name().equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** Structural fields for which the browser's order has no place: Host first, the others last. */
    void missing() {
        Field host = structural.remove("host");
        if (host != null) {
            out.insert(0, host.name(), host.value());
        }
        structural.values().forEach(f -> out.add(f.name(), f.value()));
        structural.clear();
    }

    /** Puts the structural fields behind those of the client's fields which the browser sends before them. */
    void insertStructural(List<Field> order) {
        int at = 0;
        for (Field field : order) {
            List<Field> wanted = new ArrayList<>();
            String name = field.name().toLowerCase(Locale.ROOT);
            take(name, wanted);
            if (name.equals("content-length")) {
                take("transfer-encoding", wanted);
            }
            for (Field next : wanted) {
                out.insert(at++, next.name(), next.value());
            }
            if (wanted.isEmpty()) {
                at = Math.max(at, out.indexOf(field.name()) + 1);
            }
            while (name.equals(Field.OTHERS) && at < out.size() && !named(order, out.name(at))) {
                at++;
            }
        }
        missing();
    }

    private void take(String lowerName, List<Field> wanted) {
        Field field = structural.remove(lowerName);
        if (field != null) {
            wanted.add(field);
        }
    }

    /** As the client spelled it, where it could choose. */
    private String spelled(String name) {
        return cased && protocol == Protocol.H1 ? name : spelledByBrowser(name);
    }

    private String spelledByBrowser(String name) {
        return protocol == Protocol.H2
                ? name.toLowerCase(Locale.ROOT)
                : HeaderCasing.of(name, profile.headers().http1());
    }
}
