package io.hotpool.pool.http2;

import java.util.function.LongSupplier;

/**
 * How many streams of a connection were reset by us lately. Origins take many of them for an attack (CVE-2023-44487) and end
 * the connection with everything on it, Netty's after 200 in 30 s; and here the clients that leave come together from many.
 */
final class SentResets {
    /** Those that are open then may be reset, too. */
    static final int MOST = 100;

    static final long WINDOW = 30_000_000_000L;

    private final LongSupplier nanoTime;
    private long windowStart;
    private int sent;

    SentResets(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** One more. True: it is time for another connection. */
    boolean sent() {
        long now = nanoTime.getAsLong();
        if (sent == 0 || now - windowStart >= WINDOW) {
            windowStart = now;
            sent = 0;
        }
        return ++sent >= MOST;
    }
}
