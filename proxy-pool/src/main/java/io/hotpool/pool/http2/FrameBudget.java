package io.hotpool.pool.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.function.LongSupplier;

/**
 * How many frames that carry nothing a peer may send in a second (PING, SETTINGS, empty DATA, RST_STREAM, PRIORITY, frames
 * for streams that are gone): each costs us an answer or at least time. One that sends more is closed with
 * ENHANCE_YOUR_CALM.
 */
final class FrameBudget {
    static final int FRAMES_PER_SECOND = 2000;
    static final int SETTINGS_COST = 20;

    private static final long SECOND = 1_000_000_000L;

    private final LongSupplier nanoTime;
    private long windowStart;
    private int spent;

    FrameBudget(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.windowStart = nanoTime.getAsLong();
    }

    void spend(int cost) throws Http2Exception {
        long now = nanoTime.getAsLong();
        if (now - windowStart >= SECOND) {
            windowStart = now;
            spent = 0;
        }
        spent += cost;
        if (spent > FRAMES_PER_SECOND) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many frames that carry nothing");
        }
    }
}
