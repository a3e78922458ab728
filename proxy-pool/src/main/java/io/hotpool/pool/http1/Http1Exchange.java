package io.hotpool.pool.http1;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.BoundAuthentication;
import io.hotpool.pool.http.Ending;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.pool.http.ResponseSink;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response on an HTTP/1.1 connection. Owned by the channel's loop.
 *
 * <p>It is open, then perhaps discarding (cancelled, while what is left of the response is small enough to be read and
 * dropped), then over. After a 101 its two directions end one by one.
 */
final class Http1Exchange implements RequestSink, ResponseReader.Events {
    /** So much of a cancelled response is read and dropped to keep the connection. */
    static final int DISCARD_LIMIT = 64 * 1024;

    static final long DISCARD_MILLIS = 1000;

    private enum Phase {
        OPEN,
        DISCARDING,
        OVER
    }

    private final Http1Connection connection;
    private final Channel channel;
    private final RequestHead request;
    private final ResponseSink response;
    private final ResponseReader reader;
    private final @Nullable ForwardForm form;
    private Phase phase = Phase.OPEN;
    private long bodyLeft;
    private boolean requestDone;
    private boolean outputBroken;
    private @Nullable HeaderList trailers; // set when the response is complete
    private boolean switched;
    private boolean headSeen;
    private boolean persistent;
    private long unconsumed;
    private long discarded;

    Http1Exchange(Http1Connection connection, Channel channel, RequestHead request, ResponseSink response) {
        this.connection = connection;
        this.channel = channel;
        this.request = request;
        this.response = response;
        this.form = channel.attr(ForwardForm.KEY).get();
        this.reader = new ResponseReader(request.method(), request.upgrades(), this);
        this.bodyLeft = request.bodyLength();
        this.requestDone = !request.hasBody();
    }

    /** The connection cannot carry it; nothing was written. */
    void refuse() {
        phase = Phase.OVER;
        response.fault(
                Fault.unprocessed(FaultKind.UPSTREAM_CLOSED, "the connection was closed before the request", null));
    }

    void start() {
        try {
            channel.write(
                    RequestWriter.head(channel.alloc(), request, form, connection.written()), channel.voidPromise());
        } catch (Fault fault) {
            over(null, () -> response.fault(fault));
            return;
        }
        if (requestDone) {
            channel.flush();
        } else {
            channel.eventLoop().execute(channel::flush); // a small body leaves in the same segment as its head
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        assert channel.eventLoop().inEventLoop();
        int size = chunk.readableBytes();
        if (phase != Phase.OPEN || requestDone || outputBroken || size == 0) {
            chunk.release();
        } else if (switched) {
            send(chunk, size);
        } else if (bodyLeft < 0) {
            write(RequestWriter.chunkStart(channel.alloc(), size));
            write(chunk);
            send(RequestWriter.chunkEnd(channel.alloc()), size);
        } else if (size <= bodyLeft) {
            bodyLeft -= size;
            send(chunk, size);
        } else {
            chunk.release();
            abort(Fault.of(FaultKind.BAD_REQUEST, "the request body is longer than its head says"));
        }
    }

    private void send(ByteBuf last, int credit) {
        write(last).addListener(sent -> {
            if (sent.isSuccess() && phase == Phase.OPEN) {
                response.written(credit);
            }
        });
        channel.flush();
    }

    private ChannelFuture write(ByteBuf bytes) {
        return channel.write(bytes).addListener(done -> {
            if (!done.isSuccess() && !outputBroken) {
                outputBroken = true;
                connection.outputBroken(this, done.cause());
            }
        });
    }

    @Override
    public void end(HeaderList requestTrailers) {
        assert channel.eventLoop().inEventLoop();
        if (phase != Phase.OPEN || requestDone || outputBroken) {
            return;
        }
        if (switched) {
            requestDone = true;
            Http1Connection.shutdownOutput(channel);
            finishIfComplete(false);
        } else if (bodyLeft > 0) {
            abort(Fault.of(FaultKind.BAD_REQUEST, "the request body is shorter than its head says"));
        } else {
            requestDone = true;
            if (bodyLeft < 0) {
                write(RequestWriter.lastChunk(channel.alloc(), requestTrailers));
            }
            channel.flush();
        }
    }

    /** Reads the response; bytes after its end were not asked for and end the connection. */
    void received(ByteBuf in) {
        reader.read(in);
        finishIfComplete(in.isReadable());
    }

    @Override
    public void onInterim(ResponseHead head) {
        if (phase == Phase.OPEN) {
            response.informational(head);
        }
    }

    @Override
    public void onHead(ResponseHead head, BodyFraming framing) {
        headSeen = true;
        if (form != null && head.status() == 407) {
            abort(Fault.unprocessed(
                    FaultKind.UPSTREAM_PROXY, "the upstream proxy asks for other credentials (407)", null));
            return;
        }
        persistent = framing.persistent();
        if (BoundAuthentication.bindsConnection(request, head)) {
            connection.authenticates();
        }
        if (phase == Phase.OPEN) {
            response.head(head);
        }
    }

    @Override
    public void onSwitched(ResponseHead head) {
        headSeen = true;
        switched = true;
        requestDone = false;
        if (phase == Phase.OPEN) {
            response.upgraded(head);
        }
    }

    @Override
    public void onBody(ByteBuf piece) {
        int size = piece.readableBytes();
        if (phase == Phase.OPEN) {
            unconsumed += size;
            if (unconsumed > CREDIT) {
                connection.read(false);
            }
            response.data(piece);
            return;
        }
        piece.release();
        discarded += size;
        if (phase == Phase.DISCARDING && discarded > DISCARD_LIMIT) {
            over(CloseReason.CANCELLED, () -> {});
        }
    }

    @Override
    public void onEnd(HeaderList responseTrailers) {
        trailers = responseTrailers;
        if (switched && phase == Phase.OPEN) {
            response.end(responseTrailers);
        }
    }

    private void finishIfComplete(boolean moreBytes) {
        HeaderList received = trailers;
        if (received == null || phase == Phase.OVER || switched && !requestDone) {
            return;
        }
        boolean told = switched || phase == Phase.DISCARDING;
        CloseReason reason = moreBytes
                ? CloseReason.UNSOLICITED_DATA
                : persistent && requestDone && !switched ? null : CloseReason.NOT_REUSABLE;
        over(reason, told ? () -> {} : () -> response.end(received));
    }

    /** The peer sends no more. False when the response is cut by that. */
    boolean endOfInput() {
        boolean proper = reader.endOfInput();
        if (proper) {
            finishIfComplete(false);
        }
        return proper;
    }

    @Override
    public void consumed(int bytes) {
        assert channel.eventLoop().inEventLoop();
        unconsumed -= bytes;
        if (phase == Phase.OPEN && unconsumed <= CREDIT && !channel.config().isAutoRead()) {
            connection.read(true);
        }
    }

    @Override
    public void cancel(Fault cause) {
        assert channel.eventLoop().inEventLoop();
        if (phase != Phase.OPEN) {
            return;
        }
        if (!headSeen || !persistent || !requestDone || reader.remaining() > DISCARD_LIMIT) {
            over(CloseReason.CANCELLED, () -> {});
            return;
        }
        phase = Phase.DISCARDING;
        connection.read(true);
        channel.eventLoop().schedule(this::giveUpDiscarding, DISCARD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void giveUpDiscarding() {
        if (phase == Phase.DISCARDING) {
            over(CloseReason.CANCELLED, () -> {});
        }
    }

    /** The response has begun. After an upgrade nothing is awaited. */
    boolean answering() {
        return reader.anyByte() && !switched;
    }

    /** What a connection that ended without a proper end means for this exchange. */
    Fault interrupted(Ending ending) {
        if (!reader.anyByte()) {
            return Fault.of(FaultKind.UPSTREAM_CLOSED, ending.loses("before the first byte of the response"));
        }
        String where = headSeen ? "inside the response body" : "inside the response head";
        return Fault.of(FaultKind.UPSTREAM_TRUNCATED, ending.loses(where));
    }

    /** The connection has already let go of this exchange. */
    void fail(Fault fault) {
        boolean open = phase == Phase.OPEN && !(switched && trailers != null);
        phase = Phase.OVER;
        if (open) {
            response.fault(fault);
        }
    }

    private void abort(Fault fault) {
        over(CloseReason.CANCELLED, () -> response.fault(fault));
    }

    private void over(@Nullable CloseReason reason, Runnable terminal) {
        phase = Phase.OVER;
        connection.finish(this, reason, terminal);
    }
}
