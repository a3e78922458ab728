package io.hotpool.pool.address;

import java.util.concurrent.atomic.AtomicLong;

/** The right to find out about an address: one connection at a time has it, for a while. Thread-safe. */
final class Trial {
    private static final long LASTS_MILLIS = 30_000;

    private final AtomicLong takenUntil = new AtomicLong(Long.MIN_VALUE);

    boolean take(long now) {
        long until = takenUntil.get();
        return now >= until && takenUntil.compareAndSet(until, now + LASTS_MILLIS);
    }
}
