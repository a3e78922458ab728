package io.hotpool.pool.http;

import io.hotpool.pool.fault.Fault;
import io.netty.buffer.ByteBuf;

/**
 * Where the body of a request goes, and the way back for the response's flow control.
 *
 * <p>Thread: every call on the loop that the giver of the sink named. Calls after the end of the exchange are ignored
 * (buffers are released). Order: {@code data* end}, or {@code cancel} at any time.
 *
 * <p>Back-pressure by credit: the caller keeps at most {@link #CREDIT} bytes of {@code data} unacknowledged by {@link
 * ResponseSink#written}. It may overshoot by one chunk.
 */
public interface RequestSink {
    /** Bytes of body, each way, that may be on their way between two loops. */
    int CREDIT = 256 * 1024;

    /** A piece of the body, of any size. Ownership of the buffer passes. */
    void data(ByteBuf chunk);

    /** The body is complete. Exactly once when the head promised a body; not called when it has none. */
    void end(HeaderList trailers);

    /** {@code bytes} of the response body were delivered: that much more may be sent to the {@link ResponseSink}. */
    void consumed(int bytes);

    /** The receiver of the response lost interest. Nothing is called on the {@link ResponseSink} any more. Idempotent. */
    void cancel(Fault cause);
}
