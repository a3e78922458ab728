package io.hotpool.pool;

import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseSink;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletionStage;

/**
 * Room for one request at a time on one pooled connection: an HTTP/1.1 connection, or a stream of an HTTP/2 one. Held until
 * it is closed, which is to be done exactly once. One that is lost without that goes back when the garbage collector finds
 * it, and is reported with the place where it was acquired. Any thread.
 */
public interface Lease extends AutoCloseable {
    ConnectionFacts connection();

    /** The connection was ready before it was asked for. */
    boolean reused();

    /**
     * Sends a request over this connection and no other: nothing is tried again when it fails.
     *
     * @param clientLoop as in {@link HotPool#exchange}
     * @throws IllegalStateException when another request is under way on this lease, or it was given back
     */
    OpenExchange exchange(RequestHead head, EventLoop clientLoop, ResponseSink response);

    /** The loop of the connection: an exchange with its client there makes no hop. */
    EventLoop loop();

    /** As {@link HotPool#request}, over this connection. */
    default CompletionStage<WholeAnswer> request(RequestHead head, int mostBytes) {
        return WholeAnswer.of(head, loop(), (loop, sink) -> exchange(head, loop, sink), mostBytes);
    }

    /**
     * Gives it back; a request under way is let end first. Doing it again is harmless, and reported.
     */
    @Override
    void close();
}
