package io.hotpool.wire.soak;

import io.hotpool.pool.testing.TestCertificates.Identity;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Honest origins on loopback that count: how often each POST arrived, and whether a request came by a connection that was
 * made for another host. They answer with what {@link Ask#answer} says, and now and then go away, refuse a stream, fail one,
 * or close an idle connection without a word.
 */
final class SoakOrigin implements AutoCloseable {
    /** How often an origin is in the mood, of a thousand requests. */
    record Moods(int goAway, int refuse, int fail, int close) {
        static final Moods CALM = new Moods(0, 0, 0, 0);
        static final Moods STORMY = new Moods(15, 15, 10, 50);
    }

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final Identity identity;
    private final Map<String, AtomicInteger> posts = new ConcurrentHashMap<>();
    final LongAdder requests = new LongAdder();
    final LongAdder misdirected = new LongAdder();
    final LongAdder goneAway = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder failed = new LongAdder();

    /** How connections of the calm ended that had streams under way. */
    final CopyOnWriteArrayList<String> ends = new CopyOnWriteArrayList<>();

    SoakOrigin(Identity identity) {
        this.identity = identity;
    }

    /** @param protocol "h2", "http/1.1", or "" for clear HTTP/1.1 */
    InetSocketAddress listen(String protocol, Moods moods) {
        SslContext tls = protocol.isEmpty() ? null : tls(protocol);
        Channel channel = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        if (tls != null) {
                            connection.pipeline().addLast(tls.newHandler(connection.alloc()));
                        }
                        if (protocol.equals("h2")) {
                            connection
                                    .pipeline()
                                    .addLast(
                                            codec(connection, moods),
                                            new Http2MultiplexHandler(stream(connection, moods)));
                        } else {
                            connection.pipeline().addLast(new HttpServerCodec(), new SoakHttp1(SoakOrigin.this, moods));
                        }
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        return (InetSocketAddress) channel.localAddress();
    }

    private ChannelHandler codec(Channel connection, Moods moods) {
        Http2FrameCodecBuilder codec = new EvenHanded();
        return (moods == Moods.CALM ? codec.frameLogger(FlightRecorder.of(connection, ends)) : codec).build();
    }

    private static final class EvenHanded extends Http2FrameCodecBuilder {
        EvenHanded() {
            Http2Connection streams = new DefaultHttp2Connection(true);
            streams.remote().flowController(sending(streams));
            connection(streams);
        }
    }

    /**
     * Gives every stream its turn. Netty's default goes by the priorities that browsers send, and now and then fails over them:
     * GOAWAY with INTERNAL_ERROR, "Error flushing", and the end of the connection (netty issue 10525).
     */
    static DefaultHttp2RemoteFlowController sending(Http2Connection streams) {
        return new DefaultHttp2RemoteFlowController(streams, new UniformStreamByteDistributor(streams));
    }

    private ChannelHandler stream(Channel connection, Moods moods) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new SoakHttp2(SoakOrigin.this, connection, moods));
            }
        };
    }

    private SslContext tls(String protocol) {
        try {
            return SslContextBuilder.forServer(identity.key(), identity.chain())
                    .sslProvider(SslProvider.JDK)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            protocol))
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A request has arrived, and is now the origin's to process. */
    void arrived(String method, String id, String authority, @Nullable SslHandler tls) {
        requests.increment();
        if (method.equals("POST")) {
            posts.computeIfAbsent(id, i -> new AtomicInteger()).incrementAndGet();
        }
        if (tls != null && !authority.startsWith(serverName(tls) + ":")) {
            misdirected.increment();
        }
    }

    /** The host that a connection was made for: with TLS by its server name. */
    static String serverName(SslHandler tls) {
        return ((ExtendedSSLSession) tls.engine().getSession())
                .getRequestedServerNames().stream()
                        .map(name -> ((SNIHostName) name).getAsciiName())
                        .findFirst()
                        .orElse("");
    }

    static boolean inTheMood(int ofThousand) {
        Random random = ThreadLocalRandom.current();
        return random.nextInt(1000) < ofThousand;
    }

    /** How often this POST arrived. */
    int count(String id) {
        AtomicInteger count = posts.get(id);
        return count == null ? 0 : count.get();
    }

    Map<String, AtomicInteger> posts() {
        return posts;
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
