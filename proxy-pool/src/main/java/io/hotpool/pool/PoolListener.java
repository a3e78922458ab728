package io.hotpool.pool;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Told what the pool does: metrics, logs and the event stream hang here. Called on whatever loop the thing happened on; must
 * be quick and must not throw.
 */
public interface PoolListener {
    PoolListener NONE = new PoolListener() {};

    /** Several in the place of one, told in order. */
    static PoolListener all(PoolListener... listeners) {
        return new PoolListeners(List.of(listeners));
    }

    /** How an acquire ended; labels of {@code hotpool_acquires_total}. */
    enum AcquireOutcome {
        REUSED,
        CREATED,
        TIMEOUT,
        REJECTED
    }

    /** What a check of an idle connection found; labels of {@code hotpool_health_checks_total}. */
    enum HealthOutcome {
        HEALTHY,
        /** It answered, with a status that is not expected. */
        UNEXPECTED_STATUS,
        TIMEOUT,
        /** It was closed, or is when asked. */
        DEAD
    }

    default void healthChecked(ConnectionFacts connection, HealthOutcome outcome) {}

    /** What became of connections that were asked for ahead of demand; labels of {@code hotpool_prewarm_connections_total}. */
    enum PrewarmOutcome {
        OPENED,
        ALREADY_THERE,
        REFUSED,
        FAILED
    }

    default void acquired(Origin origin, AcquireOutcome outcome, long waitNanos) {}

    default void dnsLookup(String host, boolean found, long nanos) {}

    default void tcpConnected(Origin origin, long nanos) {}

    /**
     * On the wire of a connection to an origin or an upstream proxy, TLS included; on the connection's loop.
     *
     * @param in towards hotpool
     */
    default void bytes(boolean in, int count) {}

    default void tlsHandshake(Origin origin, boolean resumed, long nanos) {}

    /** Where a dial ended; labels of {@code hotpool_dials_total}. */
    enum DialOutcome {
        /** At the address that was chosen first. */
        FIRST_ADDRESS,
        ANOTHER_ADDRESS,
        FAILED
    }

    /** A dial that somebody waits for, or may come to need, ended. */
    default void dialEnded(Origin origin, DialOutcome outcome) {}

    /** An address that had failed was tested, for nobody; {@code answered}: there was an answer of any kind. */
    default void addressTested(Origin place, InetAddress address, boolean answered) {}

    /** A dial ended without a connection. */
    default void dialFailed(Origin origin, Fault fault) {}

    default void connectionOpened(ConnectionFacts connection) {}

    default void connectionClosed(ConnectionFacts connection, CloseReason reason, long requests) {}

    /** @param connections may be 0 */
    default void prewarmed(Origin origin, PrewarmOutcome outcome, int connections) {}

    /**
     * An address of a host came on a list, or left one.
     *
     * @param origin its scheme is {@code tcp}: lists are by host and port; null: all hosts
     * @param from {@code unknown}, {@code allowed}, {@code denied}, {@code half_open}
     * @param cause one of few words: {@code forbidden}, {@code expired}, {@code by_hand}
     */
    default void addressMoved(@Nullable Origin origin, InetAddress address, String from, String to, String cause) {}

    /** {@code auto_tune} put the limits of another tier in force. @param why in words */
    default void tuned(Tier from, Tier to, String why) {}

    /** What a program did wrong with a {@link Lease}. */
    enum LeaseMisuse {
        /** It was lost without being closed. */
        LEAKED,
        RELEASED_TWICE
    }

    /** @param site where the lease was acquired: calls, the innermost first */
    default void leaseMisused(Origin origin, LeaseMisuse misuse, String site) {}

    default void retried(Origin origin, String reason) {}

    /**
     * An exchange ended.
     *
     * @param status of the response, 0 when there was none
     * @param fault why hotpool ended it, null when the origin's answer was passed on whole
     */
    default void exchangeEnded(
            Origin origin,
            @Nullable ConnectionFacts connection,
            int status,
            @Nullable Fault fault,
            OpenExchange.Timing timing,
            long totalNanos) {}
}
