package io.hotpool.pool.http2;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Ending;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.pool.http.ResponseSink;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 connection to an origin that opens, and writes requests, as a browser does (RFC 9113). Owned by the channel's
 * loop.
 */
public final class Http2Connection implements UpstreamConnection {
    /** RFC 9113, 6.5.2 sets no limit until the peer does; browsers take 100. */
    static final int ASSUMED_STREAMS = 100;

    static final int MAX_STREAMS = 256;

    private static final int LAST_STREAM_ID = Integer.MAX_VALUE;

    private final Channel channel;
    private final ConnectionFacts facts;
    private final Http2Shape shape;
    private final Listener listener;
    private final ReceiveBudget receiveBudget;
    private final Http2Codec codec;
    private final io.netty.handler.codec.http2.Http2Connection streams;
    private final Map<Integer, Http2Exchange> open = new LinkedHashMap<>();
    private final Pings pings;
    private final Ending ending;
    private final SentResets resets;
    private final ChannelFutureListener written;
    private @Nullable ChannelHandlerContext ctx;
    private long nextStream;
    private int peerStreams = ASSUMED_STREAMS;
    private int goAwayLast = LAST_STREAM_ID;
    private @Nullable CloseReason draining;
    private boolean flushDue;
    private boolean closed;

    private Http2Connection(
            Channel channel, ConnectionFacts facts, Http2Shape shape, Listener listener, ReceiveBudget receiveBudget) {
        this.channel = channel;
        this.facts = facts;
        this.shape = shape;
        this.listener = listener;
        this.receiveBudget = receiveBudget;
        this.nextStream = shape.firstStreamId();
        this.codec = Http2Codec.client(
                shape,
                new FrameEvents(this, new FrameBudget(System::nanoTime)),
                new Events(),
                channel.eventLoop().ticker()::nanoTime);
        this.streams = codec.connection();
        this.pings = new Pings(channel.eventLoop(), shape.upkeep());
        this.resets = new SentResets(channel.eventLoop().ticker()::nanoTime);
        this.ending = new Ending(facts, channel.eventLoop().ticker());
        this.written = done -> {
            if (done.cause() instanceof IOException) { // else its stream was closed
                ending.broke(done.cause());
            }
        };
    }

    /**
     * Takes over a connected channel whose pipeline yields and takes clear bytes, and writes the opening. It leaves together
     * with what is written before this turn of the loop ends: a request opened at once is in the same flight.
     *
     * @param listener is not called before this method has returned
     */
    public static Http2Connection attach(Channel channel, ConnectionFacts facts, Http2Shape shape, Listener listener) {
        return attach(channel, facts, shape, listener, ReceiveBudget.PROCESS);
    }

    static Http2Connection attach(
            Channel channel, ConnectionFacts facts, Http2Shape shape, Listener listener, ReceiveBudget receiveBudget) {
        assert channel.eventLoop().inEventLoop();
        Http2Connection connection = new Http2Connection(channel, facts, shape, listener, receiveBudget);
        connection.streams.addListener(connection.new StreamEvents());
        channel.pipeline().addLast("http2", connection.codec);
        connection.ctx = channel.pipeline().context(connection.codec);
        if (channel.isActive()) {
            connection.writeOpening();
        } else {
            channel.eventLoop().execute(() -> connection.shut(CloseReason.PEER_CLOSED));
        }
        channel.config().setAutoRead(true);
        return connection;
    }

    /** SETTINGS was written when the codec joined the pipeline. */
    private void writeOpening() {
        try {
            if (shape.connectionWindowUpdate() > 0) {
                streams.local()
                        .flowController()
                        .incrementWindowSize(streams.connectionStream(), shape.connectionWindowUpdate());
            }
        } catch (Http2Exception e) {
            throw new IllegalArgumentException("connection window of the profile: " + e.getMessage(), e);
        }
        for (Http2Shape.PriorityFrame p : shape.priorityFrames()) {
            codec.writer()
                    .writePriority(context(), p.stream(), p.dependsOn(), (short) p.weight(), p.exclusive(), promise());
        }
        // Browsers write the opening as a TLS record of its own, and the first request in the same flight.
        context().write(Unpooled.EMPTY_BUFFER);
        flushSoon();
    }

    @Override
    public RequestSink open(RequestHead head, ResponseSink response) {
        assert loop().inEventLoop();
        Http2Shape.@Nullable Priority priority = shape.priority(head.kind()).orElse(null);
        int id = (int) nextStream;
        Http2Exchange exchange = new Http2Exchange(this, id, head, response, priority == null ? 0 : priority.weight());
        Fault refusal = refusal(head);
        if (refusal != null) {
            exchange.fail(refusal);
            return exchange;
        }
        try {
            Http2Stream stream = streams.local().createStream(id, false);
            nextStream += 2;
            int dependsOn = priority != null && priority.dependsOnPrevious()
                    ? Dependencies.of(open.values(), priority.weight())
                    : 0;
            open.put(id, exchange);
            ByteBuf frame = codec.writer().headers(channel.alloc(), id, head, priority, dependsOn, !head.hasBody());
            send(stream, frame, !head.hasBody());
        } catch (Http2Exception e) {
            exchange.fail(Fault.unprocessed(FaultKind.UPSTREAM_CLOSED, "no stream could be opened", e));
        }
        return exchange;
    }

    private void send(Http2Stream stream, ByteBuf headers, boolean endStream) throws Http2Exception {
        ChannelFuture sent = context().write(headers).addListener(written);
        stream.headersSent(false);
        if (endStream) {
            codec.closeStreamLocal(stream, sent);
        }
        codec.windows().opened(stream);
        if (shape.streamWindowUpdate() > 0) {
            streams.local().flowController().incrementWindowSize(stream, shape.streamWindowUpdate());
        }
        pings.afterQuiet(codec.quietNanos())
                .ifPresent(payload -> codec.encoder().writePing(context(), false, payload, promise()));
        flushSoon();
    }

    private @Nullable Fault refusal(RequestHead head) {
        if (!accepting() || !channel.isActive()) {
            return Fault.unprocessed(FaultKind.UPSTREAM_CLOSED, "the connection was closed before the request", null);
        }
        return RequestCharacters.sendable(head)
                ? null
                : Fault.unprocessed(FaultKind.BAD_REQUEST, "a character that cannot be sent in a request head", null);
    }

    void writeData(int stream, ByteBuf data, boolean endStream, Runnable sent) {
        codec.encoder()
                .writeData(context(), stream, data, 0, endStream, promise())
                .addListener(written)
                .addListener(done -> {
                    if (done.isSuccess()) {
                        sent.run();
                    }
                });
        flushSoon();
    }

    void writeTrailers(int stream, HeaderList trailers) {
        Http2Headers fields = new DefaultHttp2Headers(false);
        trailers.forEach((name, value) -> fields.add(name.toLowerCase(Locale.ROOT), value));
        codec.encoder().writeHeaders(context(), stream, fields, 0, true, promise());
        flushSoon();
    }

    void returnCredit(int stream, int bytes) {
        Http2Stream receiving = streams.stream(stream);
        try {
            if (receiving != null && streams.local().flowController().consumeBytes(receiving, bytes)) {
                flushSoon();
            }
        } catch (Http2Exception e) {
            codec.onError(context(), true, e);
        }
    }

    /** An exchange is over: resets its stream where asked, tells its receiver, then the pool. */
    void finished(Http2Exchange exchange, @Nullable Http2Error reset, Runnable terminal) {
        boolean known = open.remove(exchange.stream(), exchange);
        if (reset != null && streams.stream(exchange.stream()) != null) {
            codec.resetStream(context(), exchange.stream(), reset.code(), promise());
            flushSoon();
            if (resets.sent() && draining == null) {
                draining = CloseReason.MANY_RESETS;
            }
        }
        terminal.run();
        if (known) {
            changed();
        }
    }

    void refusePush(int stream) {
        codec.resetStream(context(), stream, Http2Error.CANCEL.code(), promise());
        flushSoon();
    }

    private void changed() {
        if (closed) {
            return;
        }
        if (draining != null && active() == 0) {
            shut(draining);
        } else {
            listener.changed(this);
        }
    }

    /** One flush for everything written in this turn of the loop. */
    private void flushSoon() {
        if (!flushDue) {
            flushDue = true;
            loop().execute(() -> {
                flushDue = false;
                codec.flush(context());
            });
        }
    }

    private ChannelHandlerContext context() {
        if (ctx == null) {
            throw new IllegalStateException("not attached");
        }
        return ctx;
    }

    private io.netty.channel.ChannelPromise promise() {
        return context().newPromise();
    }

    Fault locate(Fault fault) {
        return fault.at(facts.origin().host(), facts.address());
    }

    ReceiveBudget receiveBudget() {
        return receiveBudget;
    }

    @Nullable
    Http2Exchange exchange(int stream) {
        return open.get(stream);
    }

    @Override
    public EventLoop loop() {
        return channel.eventLoop();
    }

    @Override
    public ConnectionFacts facts() {
        return facts;
    }

    @Override
    public Protocol protocol() {
        return Protocol.H2;
    }

    @Override
    public int capacity() {
        return Math.min(peerStreams, MAX_STREAMS);
    }

    /** A stream counts until the peer knows that it is closed. */
    @Override
    public int active() {
        return Math.max(open.size(), streams.local().numActiveStreams());
    }

    @Override
    public boolean accepting() {
        return !closed && draining == null && nextStream <= LAST_STREAM_ID;
    }

    @Override
    public void ping(long timeoutNanos, Consumer<Boolean> answer) {
        assert loop().inEventLoop();
        if (closed || !channel.isActive()) {
            answer.accept(false);
            return;
        }
        codec.encoder().writePing(context(), false, pings.sent(timeoutNanos, answer), promise());
        flushSoon();
    }

    void pingAnswered(long payload) {
        pings.answer(payload, true);
    }

    void settings(Http2Settings settings) {
        Long limit = settings.maxConcurrentStreams();
        if (limit != null) {
            peerStreams = (int) Math.min(limit, Integer.MAX_VALUE);
        }
        changed();
    }

    @Override
    public void drain(CloseReason reason) {
        assert loop().inEventLoop();
        if (draining == null) {
            draining = reason;
        }
        changed();
    }

    @Override
    public String ending() {
        return ending.toString();
    }

    @Override
    public void close(CloseReason reason) {
        assert loop().inEventLoop();
        failAll(e -> Fault.of(FaultKind.UPSTREAM_CLOSED, "connection closed by hotpool: " + reason));
        shut(reason);
    }

    /** Idempotent; the first reason counts. The pool hears of it when the socket is gone: until then it counts. */
    private void shut(CloseReason reason) {
        if (closed) {
            return;
        }
        closed = true;
        failAll(e -> e.interrupted(ending));
        pings.close();
        if (shape.upkeep().goAway() && reason != CloseReason.PROTOCOL_ERROR && channel.isActive()) {
            codec.writer().writeGoAway(context(), 0, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, promise());
            codec.flush(context());
        }
        if (reason != CloseReason.PROTOCOL_ERROR) {
            channel.close(); // else the codec does, once GOAWAY has left
        }
        channel.closeFuture().addListener(gone -> listener.closed(this, reason));
    }

    private void failAll(java.util.function.Function<Http2Exchange, Fault> fault) {
        boolean wasClosed = closed;
        closed = true; // the pool hears of all of it at once
        for (Http2Exchange exchange : new ArrayList<>(open.values())) {
            exchange.fail(fault.apply(exchange));
        }
        closed = wasClosed;
    }

    private final class StreamEvents extends Http2ConnectionAdapter {
        @Override
        public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
            goAwayLast = lastStreamId;
            ending.announced("GOAWAY " + FrameEvents.name(errorCode));
            drain(CloseReason.PEER_GOAWAY);
        }

        @Override
        public void onStreamClosed(Http2Stream stream) {
            Http2Exchange exchange = open.get(stream.id());
            if (exchange != null && !exchange.ended()) {
                exchange.fail(
                        stream.id() > goAwayLast
                                ? Fault.unprocessed(
                                        FaultKind.UPSTREAM_CLOSED, "GOAWAY: the stream was not processed", null)
                                : exchange.interrupted(ending));
            }
        }

        @Override
        public void onStreamRemoved(Http2Stream stream) {
            changed();
        }
    }

    private final class Events implements Http2Codec.Owner {
        @Override
        public void streamError(int stream, String what) {
            Http2Exchange exchange = open.get(stream);
            if (exchange != null) {
                exchange.fail(Fault.of(FaultKind.UPSTREAM_PROTOCOL, what));
            }
        }

        @Override
        public void connectionError(String what) {
            failAll(e -> Fault.of(FaultKind.UPSTREAM_PROTOCOL, what));
            shut(CloseReason.PROTOCOL_ERROR);
        }

        @Override
        public void inputClosed() {
            ending.closed();
            shut(draining != null ? draining : CloseReason.PEER_CLOSED);
        }

        @Override
        public void broken(Throwable cause) {
            boolean ours = !(cause instanceof IOException || cause instanceof Fault);
            ending.broke(cause);
            failAll(e -> ours ? Fault.from(cause) : e.interrupted(ending));
            shut(CloseReason.IO_ERROR);
        }

        @Override
        public void inactive() {
            shut(draining != null ? draining : CloseReason.PEER_CLOSED);
        }
    }
}
