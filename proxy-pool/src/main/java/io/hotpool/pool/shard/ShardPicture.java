package io.hotpool.pool.shard;

import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.shard.PooledConnection.State;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** A shard's part of a {@link PoolSnapshot}. */
final class ShardPicture {
    private ShardPicture() {}

    static Stream<PoolSnapshot.Host> of(Collection<HostState> hosts, Instant taken, long now) {
        return hosts.stream().filter(host -> !host.unused()).map(host -> host(host, taken, now)).toList().stream();
    }

    private static PoolSnapshot.Host host(HostState host, Instant taken, long now) {
        List<PoolSnapshot.Connection> connections = host.connections.stream()
                .filter(PooledConnection::isReady)
                .map(c -> connection(c, taken, now))
                .toList();
        return new PoolSnapshot.Host(host.origin, host.waiting, host.count(State.CONNECTING), connections);
    }

    private static PoolSnapshot.Connection connection(PooledConnection c, Instant taken, long now) {
        String state = c.state == State.DRAINING ? "draining" : c.idle() ? "idle" : "active";
        return new PoolSnapshot.Connection(
                c.upstream().facts(),
                c.key().session(),
                state,
                c.occupied(),
                c.capacity,
                c.requests,
                c.errors,
                taken.minusNanos(now - c.lastUsed),
                c.state != State.DRAINING && !c.quarantined,
                taken.minusNanos(now - c.lastSeen()));
    }
}
