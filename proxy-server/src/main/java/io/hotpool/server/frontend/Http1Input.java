package io.hotpool.server.frontend;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.pool.http.Unread;
import io.hotpool.server.config.HotpoolConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * What an HTTP/1 client has sent and nobody took yet, and how much of the body that was taken waits for the origin. Confined to
 * the channel's loop.
 */
final class Http1Input {
    private static final int MAX_PIPELINED = 64 * 1024;

    private final Http1RequestReader reader;
    private final int most;
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int uncredited;

    Http1Input(HotpoolConfig.Proxy limits) {
        reader = new Http1RequestReader(limits.maxRequestLine(), limits.maxHeaderSize());
        most = MAX_PIPELINED + limits.maxHeaderSize();
    }

    void add(ByteBufAllocator alloc, ByteBuf bytes) {
        buffer = Unread.join(alloc, buffer, bytes);
    }

    /** Faults for bytes that are no HTTP. */
    Http1RequestReader.Step next() {
        return reader.next(buffer);
    }

    ClientRequest head() {
        uncredited = 0;
        return reader.head();
    }

    /** Part of the body, to be credited when the origin took it. */
    ByteBuf body() {
        return counted(reader.body());
    }

    HeaderList trailers() {
        return reader.trailers();
    }

    /** All that is there, as it is: no HTTP any more. To be credited too. */
    ByteBuf raw() {
        return counted(rest());
    }

    private ByteBuf counted(ByteBuf chunk) {
        uncredited += chunk.readableBytes();
        return chunk;
    }

    /** All that is there, for another to read on; the caller releases it. */
    ByteBuf rest() {
        ByteBuf rest = buffer;
        buffer = Unpooled.EMPTY_BUFFER;
        return rest;
    }

    void credit(int bytes) {
        uncredited = Math.max(0, uncredited - bytes);
    }

    /** Does the origin owe so much that no more of the body may be passed? */
    boolean exhausted() {
        return uncredited >= RequestSink.CREDIT;
    }

    /** Are there more bytes than may wait for their turn? */
    boolean overfull() {
        return buffer.readableBytes() > most;
    }

    boolean isEmpty() {
        return !buffer.isReadable();
    }

    /** Was the request read to its end? */
    boolean complete() {
        return reader.complete();
    }

    /** Has nothing of a request come yet? */
    boolean idle() {
        return reader.idle();
    }

    void nextRequest() {
        reader.reset();
    }

    void drop() {
        rest().release();
    }
}
