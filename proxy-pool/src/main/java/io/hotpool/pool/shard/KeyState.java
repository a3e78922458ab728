package io.hotpool.pool.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The connections of one key and those who wait for one, oldest first. */
final class KeyState {
    final PoolKey key;
    final List<PooledConnection> connections = new ArrayList<>(2);
    final ArrayDeque<Waiter> waiters = new ArrayDeque<>(2);

    KeyState(PoolKey key) {
        this.key = key;
    }

    /** Waiters that neither a free connection nor a dial under way will serve. */
    int uncovered() {
        long coming = 0;
        for (PooledConnection c : connections) {
            if (c.state == PooledConnection.State.CONNECTING) {
                coming += c.capacity;
            } else if (c.free()) {
                coming += c.capacity - c.occupied();
            }
        }
        return (int) Math.max(0, waiters.size() - coming);
    }

    /** When the first of those came. */
    long uncoveredSince(int uncovered) {
        Iterator<Waiter> i = waiters.iterator();
        for (int served = waiters.size() - uncovered; served > 0; served--) {
            i.next();
        }
        return i.next().since;
    }

    /** The one among those with room that was used last. */
    @Nullable
    PooledConnection lastUsedFree() {
        PooledConnection best = null;
        for (PooledConnection c : connections) {
            if (c.free() && (best == null || c.lastUsed - best.lastUsed > 0)) {
                best = c;
            }
        }
        return best;
    }

    int connecting() {
        int n = 0;
        for (PooledConnection c : connections) {
            n += c.state == PooledConnection.State.CONNECTING ? 1 : 0;
        }
        return n;
    }

    /** Connections that take exchanges, or will. */
    int live() {
        int n = 0;
        for (PooledConnection c : connections) {
            n += c.usable() || c.state == PooledConnection.State.CONNECTING ? 1 : 0;
        }
        return n;
    }

    boolean unused() {
        return connections.isEmpty() && waiters.isEmpty();
    }
}
