package io.hotpool.pool;

import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Origin;
import java.time.Instant;
import java.util.List;

/** A picture of the pool at one moment, gathered shard by shard. */
public record PoolSnapshot(Instant taken, List<Host> hosts) {

    /** @param waiting exchanges in the queue; @param connecting dials under way */
    public record Host(Origin origin, int waiting, int connecting, List<Connection> connections) {}

    /**
     * @param state {@code idle}, {@code active}, {@code draining}
     * @param requests exchanges opened on it since it is ready
     * @param errors exchanges of those that ended with a fault
     * @param healthy takes requests: neither on its way out nor kept back by a check
     * @param lastChecked when traffic or a check last showed that it was alive
     * @param session of its key; empty for the shared one
     */
    public record Connection(
            ConnectionFacts facts,
            String session,
            String state,
            int open,
            int capacity,
            long requests,
            long errors,
            Instant lastUsed,
            boolean healthy,
            Instant lastChecked) {}

    public int connections() {
        return hosts.stream().mapToInt(h -> h.connections().size()).sum();
    }

    public int waiting() {
        return hosts.stream().mapToInt(Host::waiting).sum();
    }

    public int connecting() {
        return hosts.stream().mapToInt(Host::connecting).sum();
    }

    /** Those that take requests: neither on their way out nor kept back by a check. */
    public int healthy() {
        return (int) hosts.stream()
                .flatMap(h -> h.connections().stream())
                .filter(Connection::healthy)
                .count();
    }

    /** There are connections, some of them healthy, and at least half of the requests succeeded. */
    public boolean healthyAt(double successRate) {
        return connections() > 0 && healthy() > 0 && successRate >= 0.5;
    }

    public int inState(String state) {
        return (int) hosts.stream()
                .flatMap(h -> h.connections().stream())
                .filter(c -> c.state().equals(state))
                .count();
    }
}
