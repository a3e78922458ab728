package io.hotpool.pool.shard;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.UpstreamConnection;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Dials for the hosts in use that have fewer connections than {@code min_hot}. Pure. */
final class Refills {
    private static final long PAUSE = 1_000_000_000L;
    private static final int MOST_FAILURES = 6;

    private final PoolState state;
    private final Lifetimes lifetimes;
    private final DoubleSupplier random;

    Refills(PoolState state, Lifetimes lifetimes, DoubleSupplier random) {
        this.state = state;
        this.lifetimes = lifetimes;
        this.random = random;
    }

    /** One a host, then not for about a second. */
    void refill(int minHot, long now) {
        if (minHot == 0) {
            return;
        }
        for (HostState host : List.copyOf(state.hosts())) {
            PoolKey key = host.lastKey;
            if (key != null && lifetimes.inUse(host, now) && due(host, now) && state.count(key) < minHot) {
                host.refillAt = now + (long) (PAUSE * (0.5 + random.getAsDouble()));
                state.warm(key, new Refill(host), now);
            }
        }
    }

    private static boolean due(HostState host, long now) {
        return host.refillAt == 0 || now - host.refillAt >= 0;
    }

    /** A host that cannot be reached is tried less and less often. */
    private record Refill(HostState host) implements Warming {
        @Override
        public void opened(UpstreamConnection connection) {
            host.refillFailures = 0;
        }

        @Override
        public void failed(Fault fault) {
            host.refillFailures = Math.min(MOST_FAILURES, host.refillFailures + 1);
            host.refillAt = host.refillAt + (PAUSE << host.refillFailures);
        }

        @Override
        public void refused(Refusal why) {}
    }
}
