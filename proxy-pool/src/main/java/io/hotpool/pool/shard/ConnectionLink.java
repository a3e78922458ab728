package io.hotpool.pool.shard;

import io.hotpool.pool.connect.Dialer;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.netty.channel.EventLoop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one connection and its dial tell the roster, and the log. Confined to the shard's loop. */
final class ConnectionLink implements UpstreamConnection.Listener, Dialer.Answer {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLink.class);

    private final EventLoop loop;
    private final Roster roster;
    private final PooledConnection c;

    ConnectionLink(EventLoop loop, Roster roster, PooledConnection c) {
        this.loop = loop;
        this.roster = roster;
        this.c = c;
    }

    @Override
    public void connected(UpstreamConnection connection) {
        assert loop.inEventLoop();
        roster.connected(c, connection);
        if (LOG.isDebugEnabled()) {
            ConnectionFacts facts = connection.facts();
            LOG.debug(
                    "host {}: connection {} opened to {} {}{}{} {}",
                    c.host.origin.hostPort(),
                    facts.id(),
                    facts.remote().getAddress().getHostAddress(),
                    facts.protocol().label(),
                    c.key().egress().direct() ? "" : " through " + c.key().egress(),
                    facts.resumed() ? " resumed" : "",
                    c.host.counts());
        }
    }

    @Override
    public void failed(Fault fault) {
        assert loop.inEventLoop();
        roster.dialFailed(c, fault);
        LOG.info("{}: {} {}", fault.kind().label(), fault.detail(), c.host.counts());
    }

    @Override
    public void changed(UpstreamConnection connection) {
        assert loop.inEventLoop();
        roster.changed(c);
    }

    @Override
    public void closed(UpstreamConnection connection, CloseReason reason) {
        assert loop.inEventLoop();
        roster.closed(c, connection, reason);
        if (!connection.ending().isEmpty()) {
            LOG.info(
                    "host {}: connection {} to {}: {} {}",
                    c.host.origin.hostPort(),
                    connection.facts().id(),
                    connection.facts().remote().getAddress().getHostAddress(),
                    connection.ending(),
                    c.host.counts());
        }
        if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "host {}: connection {} closed, {}, after {} requests {}",
                    c.host.origin.hostPort(),
                    connection.facts().id(),
                    reason,
                    c.requests,
                    c.host.counts());
        }
    }
}
