package io.hotpool.server.capture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import javax.net.ssl.SSLException;

/** After the handshake: the pages over HTTP/2, all of whose bytes are kept, or over HTTP/1.1. */
final class ByProtocol extends ApplicationProtocolNegotiationHandler {
    private static final int LONGEST_LINE = 8 * 1024;
    private static final int LONGEST_HEAD = 64 * 1024;

    private final Session session;
    private final Recording recording;

    ByProtocol(Session session, Recording recording) {
        super(ApplicationProtocolNames.HTTP_1_1);
        this.session = session;
        this.recording = recording;
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
        if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
            ctx.pipeline()
                    .addLast(new Tap(recording))
                    .addLast(Http2FrameCodecBuilder.forServer().build())
                    .addLast(new Http2Pages(session, recording));
        } else {
            ctx.pipeline()
                    .addLast(new HttpServerCodec(LONGEST_LINE, LONGEST_HEAD, LONGEST_LINE))
                    .addLast(new Http1Pages(session, recording));
        }
    }

    /** A handshake that failed comes as one, too. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause.getCause() instanceof SSLException failure) {
            session.failed(recording, failure);
        }
        ctx.close();
    }

    private static final class Tap extends ChannelInboundHandlerAdapter {
        private final Recording recording;

        Tap(Recording recording) {
            this.recording = recording;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof ByteBuf bytes) {
                recording.keep(ByteBufUtil.getBytes(bytes));
            }
            ctx.fireChannelRead(message);
        }
    }
}
