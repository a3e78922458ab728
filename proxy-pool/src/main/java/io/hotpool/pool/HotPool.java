package io.hotpool.pool;

import io.hotpool.pool.ExchangeOptions.Validation;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseSink;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The door of the pool: requests go in, responses come out. Connections, addresses and TLS stay behind it.
 *
 * <p>Every method may be called from any thread unless it says otherwise.
 */
public interface HotPool extends AutoCloseable {
    /**
     * Carries one request to its origin over a pooled connection.
     *
     * @param head as described there; its scheme decides between TLS and clear text
     * @param clientLoop every call on {@code response} and on the returned exchange is made on this loop
     * @param response gets exactly one terminal call, unless the exchange is cancelled
     */
    OpenExchange exchange(RequestHead head, ExchangeOptions options, EventLoop clientLoop, ResponseSink response);

    /**
     * Carries a request without a body, and gathers its answer.
     *
     * @param mostBytes of the body; a longer one fails with an {@link java.io.IOException}
     * @return fails with a {@link io.hotpool.pool.fault.Fault}; complete on a loop of the pool, which must not be blocked
     */
    default CompletionStage<WholeAnswer> request(RequestHead head, ExchangeOptions options, int mostBytes) {
        return WholeAnswer.of(
                head, loopOf(head.origin()), (loop, sink) -> exchange(head, options, loop, sink), mostBytes);
    }

    /**
     * Room for requests on one connection, for as long as the lease is held. By address, session or after validation where
     * the options say so.
     *
     * @return fails with a {@link io.hotpool.pool.fault.Fault}; complete on a loop of the pool
     */
    CompletionStage<Lease> acquire(Origin origin, ExchangeOptions options);

    /** On a connection on which a request for that path was answered as expected. */
    default CompletionStage<Lease> acquireValidated(Origin origin, ExchangeOptions options, Validation validation) {
        return acquire(origin, options.withValidation(validation));
    }

    /** On a connection to that address of the host. */
    default CompletionStage<Lease> acquireTo(Origin origin, ExchangeOptions options, InetAddress address) {
        return acquire(origin, options.withAddress(address));
    }

    /** On a connection that only this session uses, to the address that the session keeps to. */
    default CompletionStage<Lease> acquireFor(String session, Origin origin, ExchangeOptions options) {
        return acquire(origin, options.withSession(session));
    }

    /**
     * A bare TCP connection to a target, by the same resolver, address policy, egress and Happy Eyeballs as any other, not
     * pooled. For opaque tunnels.
     *
     * @param loop the channel is registered there, with auto-read off and an empty pipeline
     * @return fails with a {@link io.hotpool.pool.fault.Fault}; complete on {@code loop}
     */
    Future<Channel> dial(Origin target, ExchangeOptions options, EventLoop loop);

    /**
     * What this pool calls itself towards upstream proxies, and never towards origins: a proxy that is asked by it in its own
     * name is in a loop. Different for every pool.
     */
    default String name() {
        return "";
    }

    /** The loop that owns the connections of an origin: a client channel registered there makes no hop. */
    EventLoop loopOf(Origin origin);

    /**
     * Opens connections ahead of demand, for several hosts at once; never at the cost of a connection that is there, and
     * behind those who wait.
     *
     * @return in the order asked, complete when all are accounted for
     */
    CompletionStage<List<PrewarmResult>> prewarm(List<Prewarm> orders);

    /** {@code count} connections for requests to {@code origin} with such options. */
    default CompletionStage<PrewarmResult> prewarm(Origin origin, ExchangeOptions options, int count) {
        return prewarm(List.of(new Prewarm(origin, options, count))).thenApply(results -> results.get(0));
    }

    /** The white list and the black list, and what is known of the hosts' addresses. */
    AddressLists addresses();

    CompletionStage<PoolSnapshot> snapshot();

    /** Counts over the life of the pool and over the last minutes, and how it is now. */
    CompletionStage<PoolStats> stats();

    /** As it was given; {@link #tuning} has what is in force. */
    PoolConfig config();

    /** What {@code auto_tune} makes of the limits. */
    Tuning tuning();

    /** Replaces the configuration; takes effect at once on timers, limits and connections. */
    void update(PoolConfig config);

    /** Asks every idle connection now whether it is alive; what does not answer is closed, or kept back when in doubt. */
    CompletionStage<HealthReport> checkHealth();

    /** Closes now what is over its time, and what a check keeps back. */
    CompletionStage<CleanupReport> cleanUp();

    /** Closes the idle connections of a host (any port when {@code port} is 0) and retires the busy ones. */
    CompletionStage<Integer> drain(String host, int port);

    /** The same for the whole pool. */
    CompletionStage<Integer> flush();

    /** New exchanges end with {@code draining}; complete when the last one under way has ended. */
    CompletionStage<Void> shutdown();

    /** Closes every connection now. Idempotent. */
    @Override
    void close();
}
