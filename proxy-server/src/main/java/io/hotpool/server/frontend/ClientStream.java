package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * The client's half of one exchange: where a response is written in the client's protocol. Confined to the client's loop.
 * Order: {@code informational* (head data* end | upgraded data* end)}, with {@code cut} possible at any time after head.
 * Tells its {@link ClientExchange} about the request's body, and by {@link ClientExchange#delivered} about what has left.
 */
interface ClientStream {
    void informational(ResponseHead head);

    /** @param head without hop-by-hop fields; framing is this stream's */
    void head(ResponseHead head);

    void upgraded(ResponseHead head, String token);

    /** Ownership passes. */
    void data(ByteBuf chunk);

    void end(HeaderList trailers);

    /** The response cannot be completed: the client must notice. */
    void cut(Fault fault);

    /** That much of the request's body has gone on: more may be read. */
    void credit(int bytes);

    /** Nothing more may be read after this exchange: whatever follows on the connection cannot be told apart. */
    void closeAfterwards();
}
