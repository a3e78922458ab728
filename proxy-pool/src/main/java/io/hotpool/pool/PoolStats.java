package io.hotpool.pool;

import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.stats.Totals;
import java.time.Instant;

/**
 * How the pool is, and what it did over its whole life: closing a connection erases nothing.
 *
 * @param since the pool was started
 * @param now what is there; {@link PoolSnapshot.Connection} has the figures of each connection
 * @param whitelistMoves addresses that came on the white list, by hand or learned
 * @param connectionsOpened ever
 * @param connectionsFromDns of these, to hosts that had to be resolved
 */
public record PoolStats(
        Instant since,
        PoolSnapshot now,
        int whitelistIps,
        int blacklistIps,
        long whitelistMoves,
        long connectionsOpened,
        long connectionsClosed,
        long connectionsFromDns,
        Totals total,
        Totals lastMinute,
        Totals lastFiveMinutes) {

    public Instant updated() {
        return now.taken();
    }

    public int totalConnections() {
        return now.connections();
    }

    public int activeConnections() {
        return now.inState("active");
    }

    public int idleConnections() {
        return now.inState("idle");
    }

    public int healthyConnections() {
        return now.healthy();
    }

    public int connections(Protocol protocol) {
        return (int) now.hosts().stream()
                .flatMap(h -> h.connections().stream())
                .filter(c -> c.facts().protocol() == protocol)
                .count();
    }

    /** As {@link PoolSnapshot#healthyAt}, by the pool's own exchanges. */
    public boolean healthy() {
        return now.healthyAt(total.successRate());
    }
}
