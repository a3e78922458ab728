package io.hotpool.pool.shard;

import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.netty.channel.EventLoop;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What dials and connections tell of themselves: handed on to the state, the circuits, the caps over all shards and those who
 * listen. Confined to the shard's loop.
 */
final class Roster {
    private static final Logger LOG = LoggerFactory.getLogger(Roster.class);

    private final EventLoop loop;
    private final PoolState state;
    private final Supplier<PoolConfig> config;
    private final Circuits circuits;
    private final Evictions evictions;
    private final ConnectionPermits permits;
    private final WakeUp wakeUp;
    private final PoolListener events;
    private boolean closed;

    Roster(
            EventLoop loop,
            PoolState state,
            Supplier<PoolConfig> config,
            Circuits circuits,
            Evictions evictions,
            ConnectionPermits permits,
            WakeUp wakeUp,
            PoolListener events) {
        this.loop = loop;
        this.state = state;
        this.config = config;
        this.circuits = circuits;
        this.evictions = evictions;
        this.permits = permits;
        this.wakeUp = wakeUp;
        this.events = events;
    }

    void dialled(HostState host) {
        if (!host.counted) {
            host.counted = true;
            permits.hostAppeared();
        }
    }

    /** The dial has succeeded. */
    void connected(PooledConnection c, UpstreamConnection connection) {
        events.connectionOpened(connection.facts());
        if (Circuits.judges(c.key()) && circuits.connected(c.key().origin())) {
            LOG.info("host {}: reached again {}", c.host.origin.hostPort(), c.host.counts());
        }
        state.connected(c, connection, now());
        if (closed) {
            connection.close(CloseReason.SHUTDOWN);
        } else if (evictions.ruledOut(c)) {
            connection.close(CloseReason.ADDRESS_DENIED);
        }
        noteIdle(c);
        wakeUp.at(state.nextDeadline(now()));
    }

    void dialFailed(PooledConnection c, Fault fault) {
        if (Circuits.judges(c.key()) && circuits.failed(c.key().origin(), fault, now())) {
            LOG.warn(
                    "host {}: left alone for {} ms, no address of it can be reached {}",
                    c.host.origin.hostPort(),
                    config.get().circuit().openFor().toMillis(),
                    c.host.counts());
        }
        state.dialFailed(c, fault, now());
        noteGone(c.host);
    }

    void changed(PooledConnection c) {
        if (c.isReady()) {
            refresh(c);
            noteIdle(c);
        }
    }

    void closed(PooledConnection c, UpstreamConnection connection, CloseReason reason) {
        state.closed(c, now());
        events.connectionClosed(connection.facts(), reason, c.requests);
        noteGone(c.host);
    }

    private void noteGone(HostState host) {
        if (host.counted && host.connections.isEmpty()) {
            host.counted = false;
            permits.hostVanished();
        }
    }

    void refresh(PooledConnection c) {
        UpstreamConnection up = c.upstream();
        state.changed(c, up.capacity(), up.active(), up.accepting(), now());
    }

    void noteIdle(PooledConnection c) {
        if (c.idle()) {
            wakeUp.at(c.lastUsed + config.get().idleTimeout().toNanos());
            permits.idleAppeared();
        }
    }

    /** Those that stand now are closed, and those that come. */
    void close() {
        closed = true;
        for (PooledConnection c : state.all()) {
            if (c.isReady()) {
                c.upstream().close(CloseReason.SHUTDOWN);
            }
        }
    }

    private long now() {
        return loop.ticker().nanoTime();
    }
}
