package io.hotpool.server.limit;

import io.hotpool.server.config.Limit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one client, user or host has had: how many of its requests are under way, and when the last one was due. The rate is
 * the generic cell rate algorithm: requests are due one interval after another, and up to one second's worth may come
 * before they are due. It keeps no limit itself, so a new one holds from the next request on. Any thread; no locks.
 */
final class Allowance {
    private static final double NANOS = 1e9;

    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicLong due;

    Allowance(long now) {
        due = new AtomicLong(now);
    }

    /** False when {@code limit} has no room for one more. What was taken is given back by {@link #end}. */
    boolean begin(Limit limit) {
        if (limit.concurrency() == 0) {
            underWay.incrementAndGet();
            return true;
        }
        for (int now = underWay.get(); now < limit.concurrency(); now = underWay.get()) {
            if (underWay.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    void end() {
        underWay.decrementAndGet();
    }

    /** @return 0 when the request may pass; otherwise the nanoseconds after which one may */
    long pass(Limit limit, long now) {
        if (limit.rate() == 0) {
            return 0;
        }
        long interval = (long) Math.max(1, NANOS / limit.rate());
        long ahead = (long) (Math.max(1, limit.rate()) * interval);
        while (true) {
            long last = due.get();
            long next = Math.max(last - now, 0) + interval;
            if (next > ahead) {
                return next - ahead;
            }
            if (due.compareAndSet(last, now + next)) {
                return 0;
            }
        }
    }

    /** Nothing is lost when it is forgotten. */
    boolean idle(long now) {
        return underWay.get() == 0 && due.get() - now <= 0;
    }
}
