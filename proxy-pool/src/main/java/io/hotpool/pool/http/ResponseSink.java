package io.hotpool.pool.http;

import io.hotpool.pool.fault.Fault;
import io.netty.buffer.ByteBuf;

/**
 * Where a response goes. Exactly one terminal call ({@link #end} or {@link #fault}), and nothing after it.
 *
 * <p>Order: {@code informational* (head data* end | upgraded data* end)}, with {@code fault} possible at any time instead
 * of what is missing. Thread: the receiver's loop, always asynchronously to the call that opened the exchange or on its
 * stack; receivers must cope with both.
 */
public interface ResponseSink {
    /** 1xx other than 101. */
    void informational(ResponseHead head);

    void head(ResponseHead head);

    /** 101: from here on {@code data} in both directions carries the bytes of the new protocol, half-close is {@code end}. */
    void upgraded(ResponseHead head);

    /** A piece of the body. Ownership passes; the receiver answers with {@link RequestSink#consumed}. */
    void data(ByteBuf chunk);

    /** The response is complete. {@code trailers} is empty where there are none. */
    void end(HeaderList trailers);

    /** The exchange failed. Before {@link #head}: it can be answered; after it: the response is cut. */
    void fault(Fault fault);

    /**
     * {@code bytes} of the request body left for the origin: credit returned to the sender. After {@link #upgraded} the two
     * directions end apart, and this may follow {@link #end}.
     */
    void written(int bytes);
}
