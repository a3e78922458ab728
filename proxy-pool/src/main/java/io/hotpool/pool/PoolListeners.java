package io.hotpool.pool;

import io.hotpool.pool.OpenExchange.Timing;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several listeners in the place of one, told in order. */
record PoolListeners(List<PoolListener> all) implements PoolListener {
    @Override
    public void acquired(Origin origin, AcquireOutcome outcome, long waitNanos) {
        all.forEach(l -> l.acquired(origin, outcome, waitNanos));
    }

    @Override
    public void dnsLookup(String host, boolean found, long nanos) {
        all.forEach(l -> l.dnsLookup(host, found, nanos));
    }

    @Override
    public void tcpConnected(Origin origin, long nanos) {
        all.forEach(l -> l.tcpConnected(origin, nanos));
    }

    @Override
    public void bytes(boolean in, int count) {
        all.forEach(l -> l.bytes(in, count));
    }

    @Override
    public void tlsHandshake(Origin origin, boolean resumed, long nanos) {
        all.forEach(l -> l.tlsHandshake(origin, resumed, nanos));
    }

    @Override
    public void dialFailed(Origin origin, Fault fault) {
        all.forEach(l -> l.dialFailed(origin, fault));
    }

    @Override
    public void connectionOpened(ConnectionFacts connection) {
        all.forEach(l -> l.connectionOpened(connection));
    }

    @Override
    public void connectionClosed(ConnectionFacts connection, CloseReason reason, long requests) {
        all.forEach(l -> l.connectionClosed(connection, reason, requests));
    }

    @Override
    public void healthChecked(ConnectionFacts connection, HealthOutcome outcome) {
        all.forEach(l -> l.healthChecked(connection, outcome));
    }

    @Override
    public void prewarmed(Origin origin, PrewarmOutcome outcome, int connections) {
        all.forEach(l -> l.prewarmed(origin, outcome, connections));
    }

    @Override
    public void dialEnded(Origin origin, DialOutcome outcome) {
        all.forEach(l -> l.dialEnded(origin, outcome));
    }

    @Override
    public void addressTested(Origin place, InetAddress address, boolean answered) {
        all.forEach(l -> l.addressTested(place, address, answered));
    }

    @Override
    public void addressMoved(@Nullable Origin origin, InetAddress address, String from, String to, String cause) {
        all.forEach(l -> l.addressMoved(origin, address, from, to, cause));
    }

    @Override
    public void tuned(Tier from, Tier to, String why) {
        all.forEach(l -> l.tuned(from, to, why));
    }

    @Override
    public void leaseMisused(Origin origin, LeaseMisuse misuse, String site) {
        all.forEach(l -> l.leaseMisused(origin, misuse, site));
    }

    @Override
    public void retried(Origin origin, String reason) {
        all.forEach(l -> l.retried(origin, reason));
    }

    @Override
    public void exchangeEnded(
            Origin origin,
            @Nullable ConnectionFacts connection,
            int status,
            @Nullable Fault fault,
            Timing timing,
            long totalNanos) {
        all.forEach(l -> l.exchangeEnded(origin, connection, status, fault, timing, totalNanos));
    }
}
