package io.hotpool.pool.shard;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.shard.PooledConnection.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything of one scheme, host and port: its keys, its connections over all keys, and what was learned of it. */
final class HostState {
    /** Stands for as many exchanges as there may be. */
    private static final int PLENTY = 1 << 20;

    final Origin origin;
    final Map<PoolKey, KeyState> keys = new LinkedHashMap<>(4);

    /** Over all keys, in the order dialled; closed ones are not in it. */
    final List<PooledConnection> connections = new ArrayList<>(4);

    int waiting;

    /** Connections that tests of its addresses have. */
    int tests;

    /** Capacity of the last connection that let the origin choose; 0: none yet. */
    int seenCapacity;

    /** A permit was asked for and has not come yet. */
    boolean awaitsPermit;

    int permits;

    /** Of the last request; null: there was none. */
    @Nullable
    PoolKey lastKey;

    /** Refills for {@code min_hot}: not before; and how many in a row have failed. */
    long refillAt;

    int refillFailures;
    long lastUsed;

    /** When the name was asked for anew last, or the host came into use; 0: neither. */
    long namedAt;

    /** Among the hosts that {@link ConnectionPermits} knows to have connections. */
    boolean counted;

    // PoolState.pump is at work on this host; another round is due.
    boolean pumping;
    boolean again;

    HostState(Origin origin) {
        this.origin = origin;
    }

    boolean unused() {
        return connections.isEmpty() && waiting == 0 && !awaitsPermit && tests == 0;
    }

    /** What counts for {@code max_conns_per_host}. */
    int sockets() {
        return connections.size() + tests;
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

    int busy() {
        int n = 0;
        for (PooledConnection c : connections) {
            n += c.occupied() > 0 ? 1 : 0;
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

    /** Idle connections whose end is under way: room to come. */
    int leaving() {
        int n = 0;
        for (PooledConnection c : connections) {
            n += c.state == State.DRAINING && c.occupied() == 0 ? 1 : 0;
        }
        return n;
    }

    /** How many exchanges a dial for that key will be able to carry, as far as is known of this host. */
    int expectedCapacity(PoolKey key) {
        if (!key.mayBeShared()) {
            return 1;
        }
        return seenCapacity == 0 ? PLENTY : seenCapacity;
    }

    /** A dial tells what the others that are under way may become. */
    void learn(PooledConnection c, UpstreamConnection upstream) {
        if (!c.key.key.mayBeShared()) {
            return;
        }
        seenCapacity = upstream.protocol() == Protocol.H1 ? 1 : Math.max(1, upstream.capacity());
        for (PooledConnection other : connections) {
            if (other.state == State.CONNECTING && other.key.key.mayBeShared()) {
                other.capacity = seenCapacity;
            }
        }
    }

    /** The key whose first waiter without prospects has waited longest. */
    @Nullable
    KeyState longestUncovered() {
        KeyState found = null;
        long oldest = 0;
        for (KeyState keyed : keys.values()) {
            int uncovered = keyed.waiters.isEmpty() ? 0 : keyed.uncovered();
            if (uncovered > 0) {
                long since = keyed.uncoveredSince(uncovered);
                if (found == null || since - oldest < 0) {
                    found = keyed;
                    oldest = since;
                }
            }
        }
        return found;
    }

    /** Does another key have an older claim to a connection than one whose first waiter came at {@code since}? */
    boolean waitsLonger(KeyState than, long since) {
        KeyState longest = waiting > than.waiters.size() ? longestUncovered() : null;
        return longest != null && longest != than && longest.uncoveredSince(longest.uncovered()) - since < 0;
    }

    /** {@code Long.MAX_VALUE} when nobody waits. */
    long firstDeadline() {
        long first = Long.MAX_VALUE;
        if (waiting > 0) {
            for (KeyState keyed : keys.values()) {
                for (Waiter waiter : keyed.waiters) {
                    first = Math.min(first, waiter.deadline);
                }
            }
        }
        return first;
    }

    /** What a waiter is told when its time is over. */
    Fault late(KeyState keyed, long waited) {
        boolean ownDial = keyed.connecting() > 0;
        String text = "host " + origin.hostPort()
                + (ownDial ? ": the connection was not ready after " : ": no connection became free in ")
                + waited / 1_000_000 + " ms " + counts();
        FaultKind kind = ownDial ? FaultKind.CONNECT_TIMEOUT : FaultKind.POOL_EXHAUSTED;
        return Fault.unprocessed(kind, text, null).at(origin.host(), null);
    }

    /** For log lines and error texts. */
    String counts() {
        int idle = idle();
        int connecting = count(State.CONNECTING);
        return "(idle=" + idle + " busy=" + (connections.size() - idle - connecting) + " connecting=" + connecting
                + " waiting=" + waiting + ")";
    }
}
