package io.hotpool.pool.fingerprint;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client sent on a new HTTP/2 connection up to and with its first HEADERS.
 *
 * @param settings of the first SETTINGS frame, in order
 * @param windowUpdate increment on the connection; 0: none was sent
 * @param priorityFrames PRIORITY frames before the first HEADERS
 * @param firstStreamId of the first HEADERS
 * @param headersPriority of the first HEADERS; null when it has no priority flag
 * @param fields of the first HEADERS, pseudo-header fields included
 * @param streamWindowUpdate increment of a WINDOW_UPDATE right behind the first HEADERS, on its stream; 0: none is there
 * @param frames every frame up to the first HEADERS, by name
 */
public record Http2Opening(
        List<Setting> settings,
        long windowUpdate,
        List<Priority> priorityFrames,
        int firstStreamId,
        @Nullable Priority headersPriority,
        List<HeaderField> fields,
        long streamWindowUpdate,
        List<String> frames) {

    public record Setting(int id, long value) {}

    /** @param weight 1 to 256 (the wire carries weight - 1) */
    public record Priority(int stream, boolean exclusive, int dependsOn, int weight) {}

    public record HeaderField(String name, String value) {}

    public List<String> pseudoHeaders() {
        return fields.stream()
                .map(HeaderField::name)
                .filter(n -> n.startsWith(":"))
                .toList();
    }

    public List<String> headerNames() {
        return fields.stream()
                .map(HeaderField::name)
                .filter(n -> !n.startsWith(":"))
                .toList();
    }
}
