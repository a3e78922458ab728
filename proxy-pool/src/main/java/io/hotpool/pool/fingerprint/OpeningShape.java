package io.hotpool.pool.fingerprint;

import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Hpack;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Huffman;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Priority;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.PriorityFrame;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Setting;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The shape behind one HTTP/2 opening: what one request can tell of the way its client writes. */
public final class OpeningShape {
    private static final Set<String> PSEUDO_HEADERS = Set.of(":method", ":authority", ":scheme", ":path");
    /** What the libraries of programs do: strings in their shorter form, everything indexed but the path. */
    private static final Hpack HPACK = new Hpack(List.of(), List.of(":path"), 4, Huffman.WHEN_SHORTER, false, 0);

    private OpeningShape() {}

    /** @throws MalformedInputException when the opening is one that hotpool cannot send; the message says why */
    public static Http2Shape of(Http2Opening opening) {
        List<String> pseudoHeaders = opening.pseudoHeaders();
        if (pseudoHeaders.size() != PSEUDO_HEADERS.size() || !PSEUDO_HEADERS.containsAll(pseudoHeaders)) {
            throw new MalformedInputException("pseudo-header fields: " + pseudoHeaders);
        }
        if (opening.windowUpdate() > Integer.MAX_VALUE - 65_535) {
            throw new MalformedInputException("window update: " + opening.windowUpdate());
        }
        return new Http2Shape(
                opening.settings().stream()
                        .map(s -> new Setting(s.id(), s.value()))
                        .toList(),
                (int) opening.windowUpdate(),
                (int) opening.streamWindowUpdate(),
                opening.firstStreamId(),
                pseudoHeaders,
                priorities(opening),
                opening.priorityFrames().stream()
                        .map(p -> new PriorityFrame(p.stream(), p.dependsOn(), p.exclusive(), p.weight()))
                        .toList(),
                HPACK);
    }

    private static Map<RequestKind, Priority> priorities(Http2Opening opening) {
        Http2Opening.Priority first = opening.headersPriority();
        if (first == null) {
            return Map.of();
        }
        Priority priority = new Priority(first.exclusive(), first.weight(), false);
        return Map.of(RequestKind.NAVIGATE, priority, RequestKind.FETCH, priority);
    }
}
