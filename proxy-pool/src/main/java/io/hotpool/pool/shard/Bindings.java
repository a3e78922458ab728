package io.hotpool.pool.shard;

import io.hotpool.pool.Downstream;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Connections that logged in by NTLM or Negotiate (RFC 4559, 6): each serves the client that did it, alone, and ends with it. The
 * client's further requests to that origin prefer it, since they do not log in again. Confined to the shard's loop.
 */
final class Bindings {
    private final EventLoop loop;
    private final PoolState state;
    private final Map<Downstream, List<PooledConnection>> bound = new IdentityHashMap<>();

    Bindings(EventLoop loop, PoolState state) {
        this.loop = loop;
        this.state = state;
    }

    /** A lease on the client's own connection, or null. */
    @Nullable
    PooledConnection acquire(PoolKey key, @Nullable Downstream downstream, long now) {
        List<PooledConnection> own = bound.isEmpty() || downstream == null ? null : bound.get(downstream);
        if (own == null) {
            return null;
        }
        own.removeIf(c -> !c.usable());
        PoolKey wanted = key.http1();
        for (PooledConnection c : List.copyOf(own)) {
            PooledConnection leased = c.key().http1().equals(wanted) ? state.acquireBound(c, now) : null;
            if (leased != null) {
                return leased;
            }
        }
        return null;
    }

    /** Before its lease is given back: nobody else gets it from now on. */
    void bind(PooledConnection c, Downstream downstream) {
        if (c.boundTo != null) {
            return;
        }
        c.boundTo = downstream;
        List<PooledConnection> own = bound.get(downstream);
        if (own == null) {
            own = new ArrayList<>(1);
            bound.put(downstream, own);
            own.add(c);
            downstream.whenGone(() -> later(downstream));
        } else {
            own.add(c);
        }
    }

    private void later(Downstream downstream) {
        try {
            loop.execute(() -> release(downstream));
        } catch (RejectedExecutionException e) {
            // the loop has ended, and its connections with it
        }
    }

    private void release(Downstream downstream) {
        bound.remove(downstream);
        state.retirements.retire(c -> c.boundTo == downstream, CloseReason.NOT_REUSABLE);
    }
}
