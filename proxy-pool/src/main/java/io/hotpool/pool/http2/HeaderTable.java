package io.hotpool.pool.http2;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * The encoder's view of the indexing tables (RFC 7541, 2.3): the static one and, behind it, the dynamic one with the newest
 * entry first. Finds by name, and by name and value.
 */
final class HeaderTable {
    private static final String[] STATIC = {
        ":authority", "",
        ":method", "GET",
        ":method", "POST",
        ":path", "/",
        ":path", "/index.html",
        ":scheme", "http",
        ":scheme", "https",
        ":status", "200",
        ":status", "204",
        ":status", "206",
        ":status", "304",
        ":status", "400",
        ":status", "404",
        ":status", "500",
        "accept-charset", "",
        "accept-encoding", "gzip, deflate",
        "accept-language", "",
        "accept-ranges", "",
        "accept", "",
        "access-control-allow-origin", "",
        "age", "",
        "allow", "",
        "authorization", "",
        "cache-control", "",
        "content-disposition", "",
        "content-encoding", "",
        "content-language", "",
        "content-length", "",
        "content-location", "",
        "content-range", "",
        "content-type", "",
        "cookie", "",
        "date", "",
        "etag", "",
        "expect", "",
        "expires", "",
        "from", "",
        "host", "",
        "if-match", "",
        "if-modified-since", "",
        "if-none-match", "",
        "if-range", "",
        "if-unmodified-since", "",
        "last-modified", "",
        "link", "",
        "location", "",
        "max-forwards", "",
        "proxy-authenticate", "",
        "proxy-authorization", "",
        "range", "",
        "referer", "",
        "refresh", "",
        "retry-after", "",
        "server", "",
        "set-cookie", "",
        "strict-transport-security", "",
        "transfer-encoding", "",
        "user-agent", "",
        "vary", "",
        "via", "",
        "www-authenticate", ""
    };
    private static final int STATIC_SIZE = STATIC.length / 2;
    private static final Map<Field, Integer> STATIC_FIELDS = new HashMap<>();
    private static final Map<String, Integer> FIRST_STATIC_NAME = new HashMap<>();
    private static final Map<String, Integer> LAST_STATIC_NAME = new HashMap<>();

    static {
        for (int i = 0; i < STATIC_SIZE; i++) {
            STATIC_FIELDS.put(new Field(STATIC[2 * i], STATIC[2 * i + 1]), i + 1);
            FIRST_STATIC_NAME.putIfAbsent(STATIC[2 * i], i + 1);
            LAST_STATIC_NAME.put(STATIC[2 * i], i + 1);
        }
    }

    record Field(String name, String value) {
        /** RFC 7541, 4.1. */
        int size() {
            return name.length() + value.length() + 32;
        }
    }

    /** Entries oldest first; an entry is known by how many were inserted before it. */
    private final ArrayDeque<Field> entries = new ArrayDeque<>();

    private final Map<Field, Long> byField = new HashMap<>();
    private final Map<String, ArrayDeque<Long>> byName = new HashMap<>();
    private long inserted;
    private int size;
    private int capacity = 4096;

    int capacity() {
        return capacity;
    }

    void capacity(int bytes) {
        capacity = bytes;
        evictDownTo(bytes);
    }

    /** Index of an equal field, 0 when there is none. */
    int find(Field field) {
        Integer fixed = STATIC_FIELDS.get(field);
        if (fixed != null) {
            return fixed;
        }
        Long number = byField.get(field);
        return number == null ? 0 : index(number);
    }

    /** Index of the first field of that name: static before dynamic, newest before older. 0 when there is none. */
    int firstOfName(String name) {
        Integer fixed = FIRST_STATIC_NAME.get(name);
        if (fixed != null) {
            return fixed;
        }
        ArrayDeque<Long> numbers = byName.get(name);
        return numbers == null ? 0 : index(numbers.getLast());
    }

    /** Index of the last field of that name: the oldest dynamic one, else the last static one. 0 when there is none. */
    int lastOfName(String name) {
        ArrayDeque<Long> numbers = byName.get(name);
        return numbers == null ? LAST_STATIC_NAME.getOrDefault(name, 0) : index(numbers.getFirst());
    }

    /** RFC 7541, 4.4: an entry larger than the table empties it. */
    void add(Field field) {
        evictDownTo(capacity - field.size());
        if (field.size() > capacity) {
            return;
        }
        entries.addLast(field);
        byField.put(field, inserted);
        byName.computeIfAbsent(field.name(), n -> new ArrayDeque<>(2)).addLast(inserted);
        inserted++;
        size += field.size();
    }

    private void evictDownTo(int bytes) {
        while (size > Math.max(0, bytes)) {
            long number = inserted - entries.size();
            Field oldest = entries.removeFirst();
            size -= oldest.size();
            byField.remove(oldest, number);
            ArrayDeque<Long> numbers = byName.get(oldest.name());
            if (numbers != null) {
                numbers.removeFirst();
                if (numbers.isEmpty()) {
                    byName.remove(oldest.name());
                }
            }
        }
    }

    private int index(long number) {
        return STATIC_SIZE + (int) (inserted - number);
    }
}
