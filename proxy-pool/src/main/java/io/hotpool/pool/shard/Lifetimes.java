package io.hotpool.pool.shard;

import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** How long connections last. Pure; times in nanoseconds of any origin. */
final class Lifetimes {
    private Limits limits;

    Lifetimes(Limits limits) {
        this.limits = limits;
    }

    void limits(Limits changed) {
        limits = changed;
    }

    /** Why it is not to be handed out any more; null: it may be. */
    @Nullable
    CloseReason over(PooledConnection c, long now) {
        if (now - end(c) >= 0) {
            return CloseReason.MAX_LIFETIME;
        }
        boolean idleTooLong = c.idle() && now - c.lastUsed >= limits.idleTimeout() && !kept(c, now);
        return idleTooLong ? CloseReason.IDLE_TIMEOUT : null;
    }

    long end(PooledConnection c) {
        return c.created + (long) (c.lifetimeShare * limits.lifetime());
    }

    /** One of the last {@code min_hot} of a host in use: it ends with its lifetime only. */
    boolean kept(PooledConnection c, long now) {
        return limits.minHot() > 0
                && inUse(c.host, now)
                && c.key.key.equals(c.host.lastKey)
                && c.key.live() <= limits.minHot();
    }

    /** There was a request within the lifetime of a connection. */
    boolean inUse(HostState host, long now) {
        return host.lastKey != null && now - host.lastUsed < limits.lifetime();
    }

    /** When the first of them ends, or the first who waits has waited too long; {@code Long.MAX_VALUE}: none of these. */
    long next(Collection<HostState> hosts, Idles idles, long now) {
        long next = Math.min(idleEnd(idles.used(), now), idleEnd(idles.unused(), now));
        for (HostState host : hosts) {
            for (PooledConnection c : host.connections) {
                next = c.usable() ? Math.min(next, end(c)) : next;
            }
            next = Math.min(next, host.firstDeadline());
        }
        return next;
    }

    private long idleEnd(IdleList list, long now) {
        PooledConnection c = list.oldest();
        while (c != null && kept(c, now)) {
            c = c.newer;
        }
        return c == null ? Long.MAX_VALUE : c.lastUsed + limits.idleTimeout();
    }
}
