package io.hotpool.pool.shard;

import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every idle connection of a shard: those that were used, and apart those made ahead of demand and not used so far. */
final class Idles {
    private final IdleList used = new IdleList();
    private final IdleList unused = new IdleList();

    IdleList used() {
        return used;
    }

    IdleList unused() {
        return unused;
    }

    /** Lists it if it is idle, and takes it off if it is not. */
    void note(PooledConnection c) {
        if (c.idle() && !c.listed) {
            listOf(c).add(c);
        } else if (!c.idle()) {
            remove(c);
        }
    }

    void remove(PooledConnection c) {
        listOf(c).remove(c);
    }

    private IdleList listOf(PooledConnection c) {
        return c.unused() ? unused : used;
    }

    /** The one that has been idle longest; to make room also one that nobody used yet. */
    @Nullable
    PooledConnection oldest(CloseReason reason) {
        PooledConnection oldest = used.oldest();
        return oldest == null && reason == CloseReason.MAKE_ROOM ? unused.oldest() : oldest;
    }

    List<PooledConnection> idleFor(long nanos, long now) {
        List<PooledConnection> found = new ArrayList<>(used.unusedFor(nanos, now));
        found.addAll(unused.unusedFor(nanos, now));
        return found;
    }

    /** Those that did not show for so long that they are alive, and are not being asked. */
    List<PooledConnection> silentFor(long nanos, long now) {
        List<PooledConnection> found = idleFor(nanos, now);
        found.removeIf(c -> {
            // Up to a tenth later, so that they are not all asked at once.
            long patience = nanos + (long) (nanos * (1 - c.lifetimeShare));
            return c.checking || c.boundTo != null || now - c.lastSeen() < patience;
        });
        return found;
    }
}
