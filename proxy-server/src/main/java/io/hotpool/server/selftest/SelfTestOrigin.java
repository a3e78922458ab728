package io.hotpool.server.selftest;

import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.server.intercept.LeafCertificates;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A TLS server on a loopback port that says what it saw of whoever asks. */
final class SelfTestOrigin implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 128;
    private static final int IDLE_SECONDS = 120;
    private static final int LONGEST_HELLO = 64 * 1024;
    private static final int HELLO_MILLIS = 10_000;
    private static final int LONGEST_LINE = 8 * 1024;
    private static final int LONGEST_HEAD = 64 * 1024;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("hotpool-selftest", true), NioIoHandler.newFactory());
    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final OriginAnswers answers;
    private final LeafCertificates leaves;
    private final Channel listener;

    SelfTestOrigin(LeafCertificates leaves, Supplier<ProfileCatalog> profiles) {
        this.leaves = leaves;
        this.answers = new OriginAnswers(profiles);
        this.listener = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        serve(channel);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private void serve(Channel channel) {
        if (clients.size() >= MOST_CONNECTIONS) {
            channel.close();
            return;
        }
        clients.add(channel);
        Sighting sighting = new Sighting();
        channel.pipeline()
                .addLast(new ReadTimeoutHandler(IDLE_SECONDS))
                .addLast(new HelloTap(sighting))
                .addLast(new SniHandler(
                        (name, promise) -> leaves.contextFor(LocalSelfTest.HOST, channel.eventLoop()),
                        LONGEST_HELLO,
                        HELLO_MILLIS))
                .addLast(new ByProtocol(sighting));
    }

    private final class ByProtocol extends ApplicationProtocolNegotiationHandler {
        private final Sighting sighting;

        ByProtocol(Sighting sighting) {
            super(ApplicationProtocolNames.HTTP_1_1);
            this.sighting = sighting;
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
            if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                ctx.pipeline()
                        .addLast(new OpeningTap(sighting))
                        .addLast(Http2FrameCodecBuilder.forServer().build())
                        .addLast(new Http2Origin(answers, sighting));
            } else {
                ctx.pipeline()
                        .addLast(new HttpServerCodec(LONGEST_LINE, LONGEST_HEAD, LONGEST_LINE))
                        .addLast(new Http1Origin(answers, sighting));
            }
        }

        @Override
        protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        clients.close().awaitUninterruptibly(1_000);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
