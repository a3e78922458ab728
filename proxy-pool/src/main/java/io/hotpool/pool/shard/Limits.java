package io.hotpool.pool.shard;

import io.hotpool.pool.PoolConfig;

/** What {@link PoolState} needs of the configuration; times in nanoseconds. */
record Limits(int perHost, int pending, long idleTimeout, long lifetime, long acquireTimeout, int minHot) {
    static Limits of(PoolConfig config) {
        return new Limits(
                config.maxConnsPerHost(),
                config.maxPending(),
                config.idleTimeout().toNanos(),
                config.maxLifetime().toNanos(),
                config.acquireTimeout().toNanos(),
                config.minHot());
    }
}
