package io.hotpool.pool.http2;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** On which stream a new one depends where a browser makes it depend on an earlier one (RFC 7540, 5.3.1). */
final class Dependencies {
    private Dependencies() {}

    /** The newest open stream of the same weight, else of the next higher one that has any; 0 when there is none. */
    static int of(Collection<Http2Exchange> open, int weight) {
        @Nullable Http2Exchange nearest = null;
        for (Http2Exchange other : open) {
            if (other.weight() >= weight && (nearest == null || other.weight() <= nearest.weight())) {
                nearest = other;
            }
        }
        return nearest == null ? 0 : nearest.stream();
    }
}
