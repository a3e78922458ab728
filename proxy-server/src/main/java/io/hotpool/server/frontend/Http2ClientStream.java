package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.pool.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** One stream of a client's HTTP/2 connection. Confined to its loop. */
final class Http2ClientStream implements ClientStream {
    private final Http2Handler connection;
    private final Http2Stream stream;
    private final ClientExchange exchange;
    private boolean requestComplete;
    private boolean bodiless;
    private boolean answered;
    private final boolean waitsForUpload;
    private int uncredited;
    private long unread;
    private long progress = System.nanoTime();
    private boolean ended;
    private boolean closed;
    /** The newest piece of the body waits for the end of the turn: it may turn out to be the last. */
    private @Nullable ByteBuf held;

    Http2ClientStream(Http2Handler connection, Http2Stream stream, ConnectScope scope, ClientRequest request) {
        this.connection = connection;
        this.stream = stream;
        this.exchange = new ClientExchange(connection.client(), scope, this, request);
        this.waitsForUpload = !isRpc(request);
    }

    /** The streams of gRPC may be silent both ways for as long as they like. */
    private static boolean isRpc(ClientRequest request) {
        String type = request.headers().get("Content-Type");
        return type != null && type.startsWith("application/grpc");
    }

    // The client's turn.

    /** It is the client's turn to read or to send, and it has done neither since that moment. */
    boolean stalledSince(long moment) {
        boolean toRead = unread > 0;
        boolean toSend = waitsForUpload && !requestComplete && !answered && uncredited < RequestSink.CREDIT;
        return !closed && (toRead || toSend) && progress - moment < 0;
    }

    /** Ends what {@link #stalledSince} found. */
    void giveUp() {
        if (unread > 0) {
            exchange.requestFailed(Fault.of(FaultKind.CLIENT_GONE, "the client took nothing of its answer"));
            reset(Http2Error.CANCEL);
        } else {
            exchange.requestFailed(Fault.of(FaultKind.REQUEST_TIMEOUT, "the body stopped arriving"));
        }
    }

    private void moved() {
        progress = System.nanoTime();
    }

    // The request.

    void start(boolean end) {
        exchange.start();
        if (end) {
            requestEnded(new HeaderList(0));
        }
    }

    /** @return bytes that are done with already */
    int dataRead(ByteBuf data, boolean end) {
        int size = data.readableBytes();
        boolean taken = size > 0 && !exchange.ended();
        moved();
        if (taken) {
            uncredited += size;
            exchange.requestData(data.retain());
        }
        if (end) {
            requestEnded(new HeaderList(0));
        }
        return taken ? 0 : size;
    }

    void trailersRead(HeaderList trailers) {
        requestEnded(trailers);
    }

    boolean requestComplete() {
        return requestComplete;
    }

    private void requestEnded(HeaderList trailers) {
        requestComplete = true;
        exchange.requestEnd(trailers);
    }

    @Override
    public void credit(int bytes) {
        if (closed) {
            return;
        }
        moved();
        uncredited = Math.max(0, uncredited - bytes);
        try {
            var window = connection.connection().local().flowController();
            if (window.consumeBytes(stream, Math.min(bytes, window.unconsumedBytes(stream)))) {
                connection.planFlush(null);
            }
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The stream is over, however that came. */
    void closed() {
        closed = true;
        releaseHeld();
        exchange.requestFailed(Http2Handler.clientGone());
    }

    // The response.

    @Override
    public void informational(ResponseHead head) {
        writeHeaders(Http2Fields.response(head), false);
        connection.planFlush(null);
    }

    @Override
    public void head(ResponseHead head) {
        answered = true;
        bodiless = head.bodyLength() == 0 || exchange.request().method().equals("HEAD");
        writeHeaders(Http2Fields.response(head), bodiless);
        connection.planFlush(null);
    }

    /** No request of HTTP/2 asks for one. */
    @Override
    public void upgraded(ResponseHead head, String token) {
        throw new IllegalStateException("101 in HTTP/2");
    }

    @Override
    public void data(ByteBuf chunk) {
        if (closed || bodiless || !chunk.isReadable()) {
            exchange.delivered(chunk.readableBytes());
            chunk.release();
            return;
        }
        writeHeld(false);
        held = chunk;
        connection.planFlush(() -> writeHeld(false));
    }

    @Override
    public void end(HeaderList trailers) {
        if (ended || closed) {
            releaseHeld();
            return;
        }
        ended = true;
        ChannelFuture last;
        if (bodiless) {
            last = context().newSucceededFuture();
        } else if (trailers.isEmpty()) {
            if (held == null) {
                held = Unpooled.EMPTY_BUFFER;
            }
            last = writeHeld(true);
        } else {
            writeHeld(false);
            last = writeHeaders(Http2Fields.trailers(trailers), true);
        }
        connection.flush(context());
        if (!requestComplete) {
            // The response is whole, the rest of the request not wanted (RFC 9113, 8.1).
            last.addListener(done -> reset(Http2Error.NO_ERROR));
        }
    }

    @Override
    public void cut(Fault fault) {
        releaseHeld();
        reset(Http2Error.INTERNAL_ERROR);
    }

    /** Streams are told apart by their frames: the connection goes on. */
    @Override
    public void closeAfterwards() {}

    private void reset(Http2Error error) {
        if (!closed) {
            connection.resetStream(
                    context(), stream.id(), error.code(), context().newPromise());
            connection.flush(context());
        }
    }

    private ChannelFuture writeHeaders(Http2Headers headers, boolean end) {
        ChannelHandlerContext ctx = context();
        return closed
                ? ctx.newSucceededFuture()
                : connection.encoder().writeHeaders(ctx, stream.id(), headers, 0, end, ctx.newPromise());
    }

    private ChannelFuture writeHeld(boolean end) {
        ByteBuf chunk = held;
        ChannelHandlerContext ctx = context();
        if (chunk == null || closed) {
            releaseHeld();
            return ctx.newSucceededFuture();
        }
        held = null;
        int size = chunk.readableBytes();
        if (unread == 0) {
            moved();
        }
        unread += size;
        ChannelFuture written = connection.encoder().writeData(ctx, stream.id(), chunk, 0, end, ctx.newPromise());
        return written.addListener(done -> {
            unread -= size;
            moved();
            exchange.delivered(size);
        });
    }

    private void releaseHeld() {
        if (held != null) {
            held.release();
            held = null;
        }
    }

    private ChannelHandlerContext context() {
        return connection.context();
    }
}
