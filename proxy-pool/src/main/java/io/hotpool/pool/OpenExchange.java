package io.hotpool.pool;

import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.RequestSink;
import org.jspecify.annotations.Nullable;

/** An exchange under way: the request side of it, and what is known of how it is carried. Confined to the client's loop. */
public interface OpenExchange extends RequestSink {
    /** The connection that carries it, or carried it; null until one is leased. Known when {@code head} is called. */
    @Nullable
    ConnectionFacts connection();

    Timing timing();

    /** Attempts so far, 1 for the first. */
    int attempts();

    /**
     * @param reused the connection was ready before the request asked
     * @param dnsNanos 0 when the connection was reused, as for the next two
     * @param waitNanos from the start to the lease, dial included
     * @param ttfbNanos from the lease to the response head
     */
    record Timing(boolean reused, long dnsNanos, long tcpNanos, long tlsNanos, long waitNanos, long ttfbNanos) {}
}
