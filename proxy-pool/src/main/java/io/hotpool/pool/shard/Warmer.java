package io.hotpool.pool.shard;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.UpstreamConnection;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Dials ahead of demand: by order, and for the hosts in use that have fewer connections than {@code min_hot}. Pure. */
final class Warmer {
    private static final long PAUSE = 1_000_000_000L;
    private static final int MOST_FAILURES = 6;

    private final PoolState state;
    private final Shell shell;
    private final Lifetimes lifetimes;
    private final TestPlaces tests;
    private final DoubleSupplier random;
    private Limits limits;

    Warmer(PoolState state, Shell shell, Lifetimes lifetimes, TestPlaces tests, DoubleSupplier random, Limits limits) {
        this.state = state;
        this.shell = shell;
        this.lifetimes = lifetimes;
        this.tests = tests;
        this.random = random;
        this.limits = limits;
    }

    void limits(Limits changed) {
        limits = changed;
    }

    /** Dials only where nothing else has to go for it, but tests. */
    void warm(PoolKey key, Warming warming) {
        Warming.Refusal refusal = refusal(state.host(key.origin()));
        HostState host = state.host(key.origin()); // a test that gave way may have been all there was of it
        if (refusal != null) {
            state.forget(host);
            warming.refused(refusal);
            return;
        }
        PooledConnection c = PoolState.add(host, PoolState.keyed(host, key));
        c.warming = warming;
        shell.dial(c, false);
    }

    private Warming.@Nullable Refusal refusal(HostState host) {
        if (host.waiting > 0) {
            return Warming.Refusal.DEMAND;
        }
        if (tests.full(host, limits.perHost())) {
            return Warming.Refusal.MAX_CONNS_PER_HOST;
        }
        boolean permitted = shell.takePermit() || tests.giveWay() && shell.takePermit();
        return permitted ? null : Warming.Refusal.MAX_CONNECTIONS;
    }

    /** One a host, then not for about a second. */
    void refill(long now) {
        int minHot = limits.minHot();
        if (minHot == 0) {
            return;
        }
        for (HostState host : List.copyOf(state.hosts())) {
            PoolKey key = host.lastKey;
            if (key != null && lifetimes.inUse(host, now) && due(host, now) && state.count(key) < minHot) {
                host.refillAt = now + (long) (PAUSE * (0.5 + random.getAsDouble()));
                warm(key, new Refill(host));
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
