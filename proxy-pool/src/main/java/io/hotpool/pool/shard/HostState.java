package io.hotpool.pool.shard;

import io.hotpool.pool.http.Origin;
import io.hotpool.pool.shard.PooledConnection.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything of one scheme, host and port: its keys, its connections over all keys, and what was learned of it. */
final class HostState {
    final Origin origin;
    final Map<PoolKey, KeyState> keys = new LinkedHashMap<>(4);

    /** Over all keys, in the order dialled; closed ones are not in it. */
    final List<PooledConnection> connections = new ArrayList<>(4);

    int waiting;

    /** Capacity of the last connection that let the origin choose; 0: none yet. */
    int seenCapacity;

    /** A permit was asked for and has not come yet. */
    boolean awaitsPermit;

    int permits;
    long lastUsed;

    /** Among the hosts that {@link ConnectionPermits} knows to have connections. */
    boolean counted;

    // PoolState.pump is at work on this host; another round is due.
    boolean pumping;
    boolean again;

    HostState(Origin origin) {
        this.origin = origin;
    }

    boolean unused() {
        return connections.isEmpty() && waiting == 0 && !awaitsPermit;
    }

    int count(State state) {
        int n = 0;
        for (PooledConnection c : connections) {
            n += c.state == state ? 1 : 0;
        }
        return n;
    }

    int idle() {
        int n = 0;
        for (PooledConnection c : connections) {
            n += c.idle() ? 1 : 0;
        }
        return n;
    }

    @Nullable
    PooledConnection oldestIdle() {
        PooledConnection oldest = null;
        for (PooledConnection c : connections) {
            if (c.idle() && (oldest == null || c.lastUsed - oldest.lastUsed < 0)) {
                oldest = c;
            }
        }
        return oldest;
    }

    /** For log lines and error texts. */
    String counts() {
        int idle = idle();
        int connecting = count(State.CONNECTING);
        return "(idle=" + idle + " busy=" + (connections.size() - idle - connecting) + " connecting=" + connecting
                + " waiting=" + waiting + ")";
    }
}
