package io.hotpool.pool.http2;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Ending;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.pool.http.ResponseSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response on an HTTP/2 stream. Owned by the channel's loop.
 *
 * <p>The receiver is given at most {@link #CREDIT} bytes that it has not consumed; what the peer's window lets it send beyond
 * that is kept here, within the {@link ReceiveBudget}.
 */
final class Http2Exchange implements RequestSink, ReceiveBudget.Backlog {
    private static final int PIECE = 16 * 1024;

    private final Http2Connection connection;
    private final int stream;
    private final RequestHead request;
    private final ResponseSink response;
    private final int weight;
    private final ArrayDeque<ByteBuf> kept = new ArrayDeque<>(0);
    private volatile long keptBytes;
    private long unconsumed;
    private boolean delivering;
    private long bodyLeft;
    private boolean requestDone;
    private boolean headSeen;
    private @Nullable HeaderList trailers; // set at END_STREAM
    private boolean over;

    Http2Exchange(Http2Connection connection, int stream, RequestHead request, ResponseSink response, int weight) {
        this.connection = connection;
        this.stream = stream;
        this.request = request;
        this.response = response;
        this.weight = weight;
        this.bodyLeft = request.bodyLength();
        this.requestDone = !request.hasBody();
    }

    int stream() {
        return stream;
    }

    /** 1 to 256; 0 where the profile sends no priorities. */
    int weight() {
        return weight;
    }

    boolean ended() {
        return trailers != null;
    }

    @Override
    public void data(ByteBuf chunk) {
        assert connection.loop().inEventLoop();
        int size = chunk.readableBytes();
        if (over || requestDone || size == 0) {
            chunk.release();
            return;
        }
        if (bodyLeft >= 0 && size > bodyLeft) {
            chunk.release();
            abort(Fault.of(FaultKind.BAD_REQUEST, "the request body is longer than its head says"));
            return;
        }
        if (bodyLeft > 0) {
            bodyLeft -= size;
            requestDone = bodyLeft == 0; // END_STREAM rides on the last byte, as browsers do
        }
        boolean last = requestDone;
        while (chunk.readableBytes() > PIECE) {
            write(chunk.readRetainedSlice(PIECE), false);
        }
        write(chunk, last);
    }

    /** What has left is told piece by piece: a big chunk in a small window is no standstill. */
    private void write(ByteBuf piece, boolean last) {
        int size = piece.readableBytes();
        connection.writeData(stream, piece, last, () -> {
            if (!over) {
                response.written(size);
            }
        });
    }

    @Override
    public void end(HeaderList requestTrailers) {
        assert connection.loop().inEventLoop();
        if (over || requestDone) {
            return;
        }
        if (bodyLeft > 0) {
            abort(Fault.of(FaultKind.BAD_REQUEST, "the request body is shorter than its head says"));
            return;
        }
        requestDone = true;
        if (requestTrailers.isEmpty()) {
            connection.writeData(stream, Unpooled.EMPTY_BUFFER, true, () -> {});
        } else {
            connection.writeTrailers(stream, requestTrailers);
        }
    }

    void headers(Http2Headers fields, boolean endStream) throws Http2Exception {
        if (over) {
            return;
        }
        if (headSeen) {
            ended(ResponseFields.trailers(stream, fields));
            return;
        }
        ResponseHead head = ResponseFields.head(stream, fields, request.method(), endStream);
        if (head.informational()) {
            response.informational(head);
            return;
        }
        headSeen = true;
        response.head(head);
        if (endStream) {
            ended(new HeaderList(0));
        }
    }

    /** Ownership of {@code data} passes. */
    void body(ByteBuf data, boolean endStream) {
        if (over) {
            data.release();
            return;
        }
        if (!data.isReadable()) {
            data.release();
        } else if (kept.isEmpty() && unconsumed <= CREDIT) {
            unconsumed += data.readableBytes();
            response.data(data);
        } else {
            keep(data);
        }
        if (endStream && !over) {
            ended(new HeaderList(0));
        }
    }

    private void keep(ByteBuf data) {
        kept.add(data);
        keptBytes = keptBytes + data.readableBytes();
        connection.receiveBudget().keep(this, data.readableBytes());
    }

    private void ended(HeaderList received) {
        trailers = received;
        deliverKept();
    }

    @Override
    public void consumed(int bytes) {
        assert connection.loop().inEventLoop();
        int returned = (int) Math.min(bytes, unconsumed);
        unconsumed -= returned;
        if (over || returned == 0) {
            return;
        }
        connection.returnCredit(stream, returned);
        deliverKept();
    }

    private void deliverKept() {
        if (delivering) {
            return;
        }
        delivering = true;
        while (!over && unconsumed <= CREDIT && !kept.isEmpty()) {
            ByteBuf next = kept.remove();
            int size = next.readableBytes();
            unkeep(size);
            unconsumed += size;
            response.data(next);
        }
        delivering = false;
        HeaderList received = trailers;
        if (!over && kept.isEmpty() && received != null) {
            over = true;
            connection.finished(this, requestDone ? null : Http2Error.CANCEL, () -> response.end(received));
        }
    }

    private void unkeep(long bytes) {
        keptBytes = keptBytes - bytes;
        connection.receiveBudget().release(this, bytes, keptBytes == 0);
    }

    @Override
    public void cancel(Fault cause) {
        assert connection.loop().inEventLoop();
        stop(Http2Error.CANCEL, () -> {});
    }

    private void abort(Fault fault) {
        stop(Http2Error.CANCEL, () -> response.fault(fault));
    }

    /** The stream is gone or about to be reset by the codec. */
    void fail(Fault fault) {
        stop(null, () -> response.fault(connection.locate(fault)));
    }

    private void stop(@Nullable Http2Error reset, Runnable terminal) {
        if (over) {
            return;
        }
        over = true;
        if (keptBytes > 0) {
            kept.forEach(ByteBuf::release);
            kept.clear();
            unkeep(keptBytes);
        }
        connection.finished(this, trailers == null || !requestDone ? reset : null, terminal);
    }

    /** What the end of the connection means for this exchange. */
    Fault interrupted(Ending ending) {
        return headSeen
                ? Fault.of(FaultKind.UPSTREAM_TRUNCATED, ending.loses("inside the response"))
                : Fault.of(FaultKind.UPSTREAM_CLOSED, ending.loses("before the response"));
    }

    @Override
    public long kept() {
        return keptBytes;
    }

    @Override
    public void giveUp() {
        connection
                .loop()
                .execute(() -> abort(Fault.of(
                        FaultKind.CLIENT_GONE,
                        "the receiver of the response is too slow: too much of it had to be kept")));
    }
}
