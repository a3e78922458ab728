package io.hotpool.server.frontend;

import io.netty.handler.codec.http2.Http2Exception;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks from time to time at the streams of a client's HTTP/2 connection and ends those on which it has been the client's
 * turn, to read or to send, for too long. One timer per connection. Confined to its loop.
 */
final class StreamWatch {
    /** A stream is ended after the time that is allowed and at most this part of it more. */
    private static final int LOOKS = 4;

    private final Http2Handler connection;
    private final Duration patience;
    private final Deadline nextLook;

    StreamWatch(Http2Handler connection, Duration patience) {
        this.connection = connection;
        this.patience = patience;
        this.nextLook = new Deadline(connection.client().loop(), this::look);
    }

    /** There is a stream to be watched. */
    void on() {
        if (!nextLook.set()) {
            nextLook.in(patience.dividedBy(LOOKS));
        }
    }

    void close() {
        nextLook.close();
    }

    private void look() {
        long before = System.nanoTime() - patience.toNanos();
        List<Http2ClientStream> stalled = new ArrayList<>();
        try {
            connection.connection().forEachActiveStream(stream -> {
                Http2ClientStream ours = connection.streamOf(stream);
                if (ours != null && ours.stalledSince(before)) {
                    stalled.add(ours);
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
        stalled.forEach(Http2ClientStream::giveUp);
        if (connection.connection().numActiveStreams() > 0) {
            on();
        }
    }
}
