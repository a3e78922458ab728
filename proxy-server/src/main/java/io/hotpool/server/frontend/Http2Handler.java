package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.server.config.HotpoolConfig;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 with a client (RFC 9113): one exchange per stream. Confined to the channel's loop.
 *
 * <p>A stream's window is {@link RequestSink#CREDIT}, given back as the origin takes the bytes; the connection's window
 * holds all streams' windows, so that an upload that stalls does not stall its siblings.
 */
final class Http2Handler extends Http2ConnectionHandler implements ClientConnection.Drainable {
    private static final int MAX_STREAMS = 100;
    private static final int REMEMBERED_STREAMS = 200;
    private static final int MAX_RESETS = 400;
    private static final int RESETS_WINDOW_SECONDS = 30;
    private static final int MAX_CONTROL_FRAMES = 1000;
    private static final long CONTROL_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ClientConnection client;
    private final ConnectScope scope;
    private final HotpoolConfig.Proxy limits;
    private final Http2Connection.PropertyKey key;
    private final Deadline idle;
    private final StreamWatch watch;
    private @Nullable ChannelHandlerContext context;
    /** The newest streams that have ended, and whether it was us who reset them. */
    private final Map<Integer, Boolean> past = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
            return size() > REMEMBERED_STREAMS;
        }
    };

    private boolean flushPlanned;
    private int controlFrames;
    private long controlWindowStart = System.nanoTime();

    private Http2Handler(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            ClientConnection client,
            ConnectScope scope) {
        super(decoder, encoder, settings);
        this.client = client;
        this.scope = scope;
        this.limits = client.context().config().proxy();
        this.key = connection().newKey();
        this.idle = new Deadline(client.loop(), this::expired);
        this.watch = new StreamWatch(this, limits.clientIdleTimeout());
        connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamActive(Http2Stream stream) {
                idle.clear();
                watch.on();
            }

            @Override
            public void onStreamClosed(Http2Stream stream) {
                closed(stream);
            }
        });
    }

    static Http2Handler create(ClientConnection client, ConnectScope scope) {
        return new Builder(client, scope).build();
    }

    private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<Http2Handler, Builder> {
        private final ClientConnection client;
        private final ConnectScope scope;

        Builder(ClientConnection client, ConnectScope scope) {
            this.client = client;
            this.scope = scope;
        }

        @Override
        public Http2Handler build() {
            HotpoolConfig.Proxy limits = client.context().config().proxy();
            connection(EvenHanded.streams());
            initialSettings(Http2Settings.defaultSettings()
                    .maxConcurrentStreams(MAX_STREAMS)
                    .initialWindowSize(RequestSink.CREDIT)
                    .maxHeaderListSize(limits.maxHeaderSize()));
            gracefulShutdownTimeoutMillis(limits.drainTimeout().toMillis());
            decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESETS_WINDOW_SECONDS);
            frameListener(new Http2FrameAdapter());
            return super.build();
        }

        @Override
        protected Http2Handler build(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            Http2Handler handler = new Http2Handler(decoder, encoder, settings, client, scope);
            decoder.frameListener(handler.new Frames());
            return handler;
        }
    }

    /** The codec passes on what is no error of HTTP/2: a client that went away. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (cause instanceof IOException) {
            ctx.close();
        } else {
            super.exceptionCaught(ctx, cause);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
        Http2Stream all = connection().connectionStream();
        connection().local().flowController().incrementWindowSize(all, (MAX_STREAMS - 1) * RequestSink.CREDIT);
        ctx.flush();
        idle.in(limits.clientIdleTimeout());
        client.phase(this);
    }

    ChannelHandlerContext context() {
        assert context != null;
        return context;
    }

    ClientConnection client() {
        return client;
    }

    @Nullable
    Http2ClientStream streamOf(Http2Stream stream) {
        return stream.getProperty(key);
    }

    /** At the end of this turn of the loop: what the pool delivers in one turn leaves in one write. */
    void planFlush(@Nullable Runnable before) {
        if (before != null) {
            context().executor().execute(before);
        }
        if (!flushPlanned) {
            flushPlanned = true;
            context()
                    .executor()
                    .execute(() -> context().executor().execute(() -> {
                        flushPlanned = false;
                        flush(context());
                    }));
        }
    }

    private void closed(Http2Stream stream) {
        Http2ClientStream ours = streamOf(stream);
        if (ours != null) {
            past.put(stream.id(), stream.isResetSent());
            ours.closed();
        }
        if (connection().numActiveStreams() == 0) {
            idle.in(limits.clientIdleTimeout());
        }
    }

    private void expired() {
        context().channel().close();
    }

    /** GOAWAY, and the end when the streams under way are done. */
    @Override
    public void drain() {
        context().channel().close(); // from the tail: context().close() would pass this handler by, and its GOAWAY
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.channel().close();
        }
        super.userEventTriggered(ctx, event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        idle.close();
        super.channelInactive(ctx);
        idle.close();
        watch.close();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
        idle.close();
        watch.close();
        super.handlerRemoved0(ctx);
    }

    /**
     * A frame on a stream that has ended is an error of the connection (RFC 9113, 5.1 and 5.1.1), unless it crossed our
     * reset of that stream.
     */
    @Override
    protected void onStreamError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception.StreamException error) {
        int id = error.streamId();
        Boolean resetByUs = past.get(id);
        boolean forgotten = past.size() >= REMEMBERED_STREAMS
                && id < past.keySet().iterator().next();
        boolean unknown = !outbound && connection().stream(id) == null;
        if (unknown && error.error() == Http2Error.STREAM_CLOSED && (resetByUs == null ? !forgotten : !resetByUs)) {
            Http2Error kind = resetByUs == null ? Http2Error.PROTOCOL_ERROR : Http2Error.STREAM_CLOSED;
            onConnectionError(ctx, false, cause, Http2Exception.connectionError(kind, "a frame on an ended stream"));
        } else if (!outbound && fieldsAfterTheEnd(error)) {
            Http2Exception closed =
                    Http2Exception.streamError(id, Http2Error.STREAM_CLOSED, cause, "fields after the end");
            super.onStreamError(ctx, false, cause, (Http2Exception.StreamException) closed);
        } else {
            super.onStreamError(ctx, outbound, cause, error);
        }
    }

    /** HEADERS after END_STREAM: the codec counts field sections before it looks at the state (RFC 9113, 5.1). */
    private boolean fieldsAfterTheEnd(Http2Exception.StreamException error) {
        Http2Stream stream = connection().stream(error.streamId());
        return stream != null
                && stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE
                && String.valueOf(error.getMessage()).contains("too many headers");
    }

    /** Frames that cost the sender nothing are counted: a flood of them ends the connection (CVE-2019-9512 and kin). */
    private void countControlFrame() throws Http2Exception {
        long now = System.nanoTime();
        if (now - controlWindowStart > CONTROL_WINDOW_NANOS) {
            controlWindowStart = now;
            controlFrames = 0;
        }
        if (++controlFrames > MAX_CONTROL_FRAMES) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many control frames");
        }
    }

    /** What the decoder reads. */
    private final class Frames extends Http2FrameAdapter {
        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int id,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean end)
                throws Http2Exception {
            onHeadersRead(ctx, id, headers, padding, end);
        }

        @Override
        public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end)
                throws Http2Exception {
            Http2Stream stream = connection().stream(id);
            Http2ClientStream known = streamOf(stream);
            if (known != null) {
                if (known.requestComplete()) {
                    throw Http2Exception.streamError(id, Http2Error.STREAM_CLOSED, "a field section after the end");
                }
                known.trailersRead(Http2Fields.trailers(id, headers, end));
                return;
            }
            ClientRequest request = Http2Fields.request(id, headers, end);
            Http2ClientStream opened = new Http2ClientStream(Http2Handler.this, stream, scope, request);
            stream.setProperty(key, opened);
            opened.start(end);
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end) {
            Http2ClientStream stream = streamOf(connection().stream(id));
            int size = data.readableBytes();
            if (stream == null) {
                return size + padding;
            }
            return padding + stream.dataRead(data, end);
        }

        @Override
        public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
            countControlFrame();
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
            countControlFrame();
        }

        @Override
        public void onPriorityRead(ChannelHandlerContext ctx, int id, int dependency, short weight, boolean exclusive)
                throws Http2Exception {
            countControlFrame();
        }
    }

    /** Tells the exchange that its request was cut. */
    static Fault clientGone() {
        return Fault.of(io.hotpool.pool.fault.FaultKind.CLIENT_GONE, "the client reset the stream or closed");
    }
}
