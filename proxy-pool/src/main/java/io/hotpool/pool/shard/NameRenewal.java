package io.hotpool.pool.shard;

import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.connect.Dialer;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.function.Supplier;

/**
 * Has the names of hosts in use asked for anew within {@code dns_update_interval}: a warm host makes no dials, and would not
 * see that it has moved. Confined to the shard's loop.
 */
final class NameRenewal {
    /** Of the interval: names come due at different times, none of them late. */
    private static final double LEAST_SHARE = 0.8;

    private final EventLoop loop;
    private final PoolState state;
    private final Supplier<PoolConfig> config;
    private final Dialer dialer;

    NameRenewal(EventLoop loop, PoolState state, Supplier<PoolConfig> config, Dialer dialer) {
        this.loop = loop;
        this.state = state;
        this.config = config;
        this.dialer = dialer;
    }

    /** To be called about once a second. */
    void renewDue() {
        long now = loop.ticker().nanoTime();
        long interval = config.get().dnsUpdateInterval().toNanos();
        for (HostState host : List.copyOf(state.hosts())) {
            if (!namedHere(host)) {
                host.namedAt = 0; // the next dial asks by itself
            } else if (host.namedAt == 0) {
                host.namedAt = now;
            } else if (now - host.namedAt >= share(host) * interval) {
                renew(host, now);
            }
        }
    }

    void renewAll() {
        long now = loop.ticker().nanoTime();
        for (HostState host : List.copyOf(state.hosts())) {
            if (namedHere(host)) {
                renew(host, now);
            }
        }
    }

    /** Upstream proxies that look names up do so for each dial; the name is not asked for here at all. */
    private static boolean namedHere(HostState host) {
        for (PooledConnection c : host.connections) {
            if (!c.key().egress().resolvesNames()) {
                return true;
            }
        }
        return false;
    }

    private void renew(HostState host, long now) {
        host.namedAt = now;
        dialer.refresh(host.origin, loop);
    }

    private static double share(HostState host) {
        return LEAST_SHARE + (1 - LEAST_SHARE) * (host.origin.hashCode() >>> 24) / 256;
    }
}
