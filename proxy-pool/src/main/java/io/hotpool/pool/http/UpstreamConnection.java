package io.hotpool.pool.http;

import io.netty.channel.EventLoop;

/**
 * A connection to an origin on which exchanges can be opened. HTTP/1.1 has capacity 1, HTTP/2 more: one pool serves both.
 * Every method on {@link #loop()}.
 */
public interface UpstreamConnection {
    /** Why a connection ended; the label of {@code hotpool_connections_closed_total}. */
    enum CloseReason {
        IDLE_TIMEOUT,
        MAX_LIFETIME,
        MAX_IDLE,
        MAKE_ROOM,
        PEER_CLOSED,
        PEER_GOAWAY,
        PROTOCOL_ERROR,
        UNSOLICITED_DATA,
        /** So many of its streams were reset by us that its peer might take that amiss. */
        MANY_RESETS,
        NOT_REUSABLE,
        CANCELLED,
        UNHEALTHY,
        ADDRESS_GONE,
        ADDRESS_DENIED,
        DRAINED,
        IO_ERROR,
        SHUTDOWN
    }

    /** Told about everything the pool must know; called on {@link #loop()}, possibly from inside {@link #open}. */
    interface Listener {
        /** {@link #capacity()}, {@link #active()} or {@link #accepting()} may have changed. */
        void changed(UpstreamConnection connection);

        /** The connection is gone; every exchange on it has had its terminal call. Exactly once. */
        void closed(UpstreamConnection connection, CloseReason reason);
    }

    EventLoop loop();

    ConnectionFacts facts();

    Protocol protocol();

    /**
     * Has somebody logged in on it by NTLM or Negotiate, or begun to? Those authenticate the connection and not the request:
     * whoever rides it next would be taken for the same.
     */
    default boolean authenticated() {
        return false;
    }

    /** Exchanges that may be open at once: 1, or the peer's MAX_CONCURRENT_STREAMS within our own bound. */
    int capacity();

    /** Exchanges open now. */
    int active();

    /** False once it must not take another exchange: draining, GOAWAY seen, closed, stream ids used up. */
    boolean accepting();

    /**
     * Sends a dressed request (see {@link RequestHead}) as it is. Requires {@link #accepting()} and {@code active() <
     * capacity()}. If the head has a body the caller then feeds the returned sink. Never throws: failures arrive at {@code
     * response.fault}.
     *
     * <p>A fault says whether the origin may have processed the request ({@link
     * io.hotpool.pool.fault.Fault#unprocessed()}), and its kind how far the response was when the connection ended: {@code
     * UPSTREAM_CLOSED} before its first byte (HTTP/2: its head), {@code UPSTREAM_TRUNCATED} after that. {@code
     * UPSTREAM_RESET} is one HTTP/2 stream only.
     */
    RequestSink open(RequestHead head, ResponseSink response);

    /**
     * Is it still alive: HTTP/2 PING (RFC 9113, 6.7). HTTP/1.1 has no such frame and answers by what the socket says.
     *
     * @param answer called once on the loop, {@code true} if alive
     */
    void ping(long timeoutNanos, java.util.function.Consumer<Boolean> answer);

    /** How it ended where that cost exchanges, in words; empty otherwise. */
    default String ending() {
        return "";
    }

    /** Takes no more exchanges, closes when the open ones are done. */
    void drain(CloseReason reason);

    /** Closes now; open exchanges get a fault. */
    void close(CloseReason reason);
}
