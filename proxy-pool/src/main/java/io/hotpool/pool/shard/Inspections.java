package io.hotpool.pool.shard;

import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.shard.PooledConnection.State;
import java.util.List;

/** What checks of connections, and requests that found one dead, mean for the pool. Pure. */
final class Inspections {
    private final PoolState state;

    Inspections(PoolState state) {
        this.state = state;
    }

    /** A check has it for itself, and nobody else until {@link #checked}. */
    void reserve(PooledConnection c) {
        assert c.idle();
        state.idles.remove(c);
        c.reserved = true;
        c.state = c.occupied() < c.capacity ? State.READY : State.BUSY;
    }

    /**
     * A check is over; it does not count as a use.
     *
     * @param alive it answered as expected
     * @param doubtful it may be alive all the same: it is kept back first, and retired when the next check fails, too
     * @return was it retired now?
     */
    boolean checked(PooledConnection c, boolean alive, boolean doubtful, long now) {
        c.checking = false;
        c.reserved = false;
        c.unproven = false;
        if (!c.usable()) {
            return false;
        }
        if (!alive && (!doubtful || c.quarantined)) {
            state.retire(c, CloseReason.UNHEALTHY);
            return true;
        }
        c.quarantined = !alive;
        c.checked = now;
        state.settle(c, now);
        return false;
    }

    /** Retires those that are kept back. */
    int retireQuarantined() {
        return state.retirements.retire(c -> c.quarantined && !c.checking, CloseReason.UNHEALTHY);
    }

    /** A connection died before its answer began: others that have idled as long are not to be trusted either. */
    int suspect(PooledConnection dead, CloseReason reason) {
        List<PooledConnection> idle =
                dead.key.connections.stream().filter(c -> c != dead && c.idle()).toList();
        idle.forEach(c -> state.retire(c, reason));
        return idle.size();
    }
}
