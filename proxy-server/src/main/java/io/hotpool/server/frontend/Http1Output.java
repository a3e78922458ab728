package io.hotpool.server.frontend;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.server.frontend.Http1ResponseWriter.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;

/** What an HTTP/1 client is sent: heads, and bodies in their framing. Confined to the channel's loop. */
final class Http1Output {
    private static final ByteBuf CRLF = Unpooled.unreleasableBuffer(
                    Unpooled.directBuffer(2).writeShort('\r' << 8 | '\n'))
            .asReadOnly();

    private final ChannelHandlerContext context;
    private final Uptake uptake;
    private Framing framing = Framing.NONE;
    private boolean flushPlanned;
    private boolean unflushed;
    private boolean ended;

    Http1Output(ChannelHandlerContext context, Uptake uptake) {
        this.context = context;
        this.uptake = uptake;
    }

    void informational(ResponseHead head) {
        context.writeAndFlush(Http1ResponseWriter.informational(context.alloc(), head), context.voidPromise());
    }

    Framing framing(ClientRequest request, ResponseHead head) {
        framing = Http1ResponseWriter.framing(request, head);
        return framing;
    }

    /** @param connection the field of that name; empty: none */
    void head(ResponseHead head, String connection) {
        context.write(Http1ResponseWriter.head(context.alloc(), head, framing, connection), context.voidPromise());
        planFlush();
    }

    void upgrade(ResponseHead head, String token) {
        framing = Framing.CLOSE;
        context.writeAndFlush(Http1ResponseWriter.upgrade(context.alloc(), head, token), context.voidPromise());
    }

    /** Takes the buffer. {@code delivered} is told how much of it the client's socket took, unless it is not for the client. */
    void data(ByteBuf chunk, java.util.function.IntConsumer delivered) {
        int size = chunk.readableBytes();
        if (size == 0 || framing == Framing.NONE || ended) {
            chunk.release();
            return;
        }
        ChannelFuture written;
        if (framing == Framing.CHUNKED) {
            context.write(Http1ResponseWriter.chunkHead(context.alloc(), size), context.voidPromise());
            context.write(chunk, context.voidPromise());
            written = context.write(CRLF.duplicate());
        } else {
            written = context.write(chunk);
        }
        uptake.written(size);
        written.addListener(done -> {
            uptake.taken(size);
            delivered.accept(size);
        });
        planFlush();
    }

    void end(HeaderList trailers) {
        if (framing == Framing.CHUNKED) {
            context.write(Http1ResponseWriter.lastChunk(context.alloc(), trailers), context.voidPromise());
        }
        flush();
    }

    /** Nothing more goes out: what follows is dropped. */
    void close() {
        ended = true;
        flush();
    }

    boolean ended() {
        return ended;
    }

    /** The end of the connection is the end of the body: an early one has to be a reset. */
    boolean endsByClosing() {
        return framing == Framing.CLOSE;
    }

    /** At the end of this turn of the loop: what the pool delivers in one turn leaves in one write. */
    private void planFlush() {
        unflushed = true;
        if (!flushPlanned) {
            flushPlanned = true;
            context.executor().execute(this::flushAsPlanned);
        }
    }

    private void flushAsPlanned() {
        flushPlanned = false;
        if (unflushed) {
            flush();
        }
    }

    private void flush() {
        unflushed = false;
        context.flush();
    }
}
