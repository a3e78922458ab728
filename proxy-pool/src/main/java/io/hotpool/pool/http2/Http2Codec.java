package io.hotpool.pool.http2;

import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.StreamException;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Netty's HTTP/2 state machine as a client, put together around a profile's frame writer and receive windows. Sending is fair
 * between streams.
 */
final class Http2Codec extends Http2ConnectionHandler {
    /** Response heads: Chromium says so in its SETTINGS, others do not say and take more. */
    private static final int MAX_HEADER_LIST = 256 * 1024;

    /** RFC 9113, 6.9.2. */
    private static final long DEFAULT_WINDOW = 65_535;

    private static final long CLOSE_AFTER_MILLIS = 1000;

    /** What the owner of the connection is told beside the frames. */
    interface Owner {
        void streamError(int stream, String what);

        void connectionError(String what);

        void inputClosed();

        /** Neither HTTP/2 nor an orderly end: the network, TLS, or a failure of ours. */
        void broken(Throwable cause);

        void inactive();
    }

    private final BrowserFrameWriter writer;
    private final ReceiveWindows windows;
    private final Owner owner;
    private final LongSupplier nanoTime;
    private long lastRead;

    private Http2Codec(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            BrowserFrameWriter writer,
            ReceiveWindows windows,
            Owner owner,
            LongSupplier nanoTime) {
        super(decoder, encoder, settings, true, false);
        this.writer = writer;
        this.windows = windows;
        this.owner = owner;
        this.nanoTime = nanoTime;
        this.lastRead = nanoTime.getAsLong();
        gracefulShutdownTimeoutMillis(CLOSE_AFTER_MILLIS);
    }

    static Http2Codec client(Http2Shape shape, Http2FrameListener frames, Owner owner, LongSupplier nanoTime) {
        DefaultHttp2Connection connection = new DefaultHttp2Connection(false, 0);
        BrowserFrameWriter writer = new BrowserFrameWriter(shape, new HeaderBlockWriter(shape));
        long window = DEFAULT_WINDOW + shape.connectionWindowUpdate();
        ReceiveWindows receiving = new ReceiveWindows(connection, shape.upkeep(), window, nanoTime);
        connection.local().flowController(receiving);
        connection
                .remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)));
        Http2Settings settings = settings(shape);
        prepare(connection, receiving, settings);
        Http2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(connection, writer);
        Http2ConnectionDecoder decoder = new DefaultHttp2ConnectionDecoder(
                connection,
                encoder,
                new DefaultHttp2FrameReader(new DefaultHttp2HeadersDecoder(true, MAX_HEADER_LIST)),
                Http2PromisedRequestVerifier.ALWAYS_VERIFY,
                true,
                true,
                true);
        decoder.frameListener(frames);
        return new Http2Codec(decoder, encoder, settings, writer, receiving, owner, nanoTime);
    }

    /** What the peer may do is known before it has acknowledged it. */
    private static void prepare(
            DefaultHttp2Connection connection, Http2LocalFlowController receiving, Http2Settings settings) {
        try {
            Integer window = settings.initialWindowSize();
            if (window != null) {
                receiving.initialWindowSize(window);
            }
            if (Boolean.FALSE.equals(settings.pushEnabled())) {
                connection.local().allowPushTo(false);
            }
        } catch (Http2Exception e) {
            throw new IllegalArgumentException("settings of the profile: " + e.getMessage(), e);
        }
    }

    private static Http2Settings settings(Http2Shape shape) {
        Http2Settings settings = new Http2Settings();
        shape.settings().forEach(s -> settings.put((char) s.id(), Long.valueOf(s.value())));
        return settings;
    }

    BrowserFrameWriter writer() {
        return writer;
    }

    ReceiveWindows windows() {
        return windows;
    }

    /** How long the peer has sent nothing. */
    long quietNanos() {
        return nanoTime.getAsLong() - lastRead;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
        lastRead = nanoTime.getAsLong();
        super.channelRead(ctx, bytes);
    }

    @Override
    protected void onStreamError(ChannelHandlerContext ctx, boolean outbound, Throwable cause, StreamException error) {
        if (outbound && error.error() == Http2Error.STREAM_CLOSED) {
            return; // body that was still to be sent when its stream was closed: who closed it has the reason
        }
        if (connection().stream(error.streamId()) == null && error.error() == Http2Error.STREAM_CLOSED) {
            onFrameForClosedStream(ctx, error);
            return;
        }
        owner.streamError(error.streamId(), error.error() + ": " + error.getMessage());
        super.onStreamError(ctx, outbound, cause, error);
    }

    /** RFC 9113, 5.1: after our RST_STREAM such frames are on their way and mean nothing, after END_STREAM they may not come. */
    private void onFrameForClosedStream(ChannelHandlerContext ctx, StreamException error) {
        if (!writer.hasReset(error.streamId())) {
            onError(ctx, false, Http2Exception.connectionError(Http2Error.STREAM_CLOSED, error, error.getMessage()));
        }
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception error) {
        if (error == null && cause instanceof IOException) {
            owner.broken(cause); // writing failed: nobody broke the protocol
            return;
        }
        owner.connectionError(error == null ? cause.toString() : error.error() + ": " + error.getMessage());
        super.onConnectionError(ctx, outbound, cause, error);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (cause instanceof Http2Exception) {
            super.exceptionCaught(ctx, cause);
        } else {
            owner.broken(cause);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            owner.inputClosed();
        }
        super.userEventTriggered(ctx, event);
    }

    /** Reads what is left first: answers that arrived before the end count. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        owner.inactive();
    }
}
