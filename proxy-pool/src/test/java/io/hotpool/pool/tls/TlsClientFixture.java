package io.hotpool.pool.tls;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.pool.testing.TestCertificates.Authority;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The TLS client under test with a loop and crypto threads of its own, and connections that remember what came. */
final class TlsClientFixture implements AutoCloseable {
    static final String HOST = "www.example.test";
    static final BrowserProfile CHROMIUM = profile("chromium-156");
    static final BrowserProfile FIREFOX = profile("firefox-153");

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ExecutorService crypto = Executors.newFixedThreadPool(2);
    private final BrowserTls tls;

    TlsClientFixture(Authority trusted) {
        this(trusted, null);
    }

    TlsClientFixture(Authority trusted, Path keyLog) {
        tls = new BrowserTls(
                new BrowserTls.Config(List.of(), keyLog, true),
                crypto,
                TrustRoots.only(List.of(trusted.root())),
                Clock.systemUTC());
    }

    static BrowserProfile profile(String name) {
        return Profiles.builtIn().find(name).orElseThrow();
    }

    static TlsRequest request(BrowserProfile profile, int port) {
        return request(profile, HOST, port, TlsRequest.Form.FIRST);
    }

    static TlsRequest request(BrowserProfile profile, String host, int port, TlsRequest.Form form) {
        return new TlsRequest(profile, Origin.https(host, port), form, "", true);
    }

    Connection connect(BrowserProfile profile, int port) {
        return connect(request(profile, port));
    }

    Connection connect(TlsRequest request) {
        return connect(tls, request);
    }

    Connection connect(UpstreamTls tls, TlsRequest request) {
        Connection connection = new Connection();
        new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connection.channel = channel;
                        channel.pipeline().addLast(tls.handlerFor(request), connection);
                    }
                })
                .connect(new InetSocketAddress("127.0.0.1", request.origin().port()))
                .syncUninterruptibly();
        return connection;
    }

    BrowserTls tls() {
        return tls;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        crypto.shutdownNow();
        tls.close();
    }

    /** One connection, seen from above TLS. */
    static final class Connection extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<TlsFacts> facts = new CompletableFuture<>();
        private final StringBuffer text = new StringBuffer();
        private volatile Channel channel;
        private volatile long bytes;
        private volatile int faults;
        private volatile Throwable lastFault;
        private volatile boolean cleanEnd;

        TlsFacts facts() throws Exception {
            return facts.get(10, TimeUnit.SECONDS);
        }

        /** The fault that ended the handshake or the connection. */
        Fault fault() {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> lastFault != null);
            return (Fault) lastFault;
        }

        int faults() {
            return faults;
        }

        void send(String data) {
            channel.writeAndFlush(Unpooled.copiedBuffer(data, StandardCharsets.ISO_8859_1));
        }

        Channel channel() {
            return channel;
        }

        void awaitText(String expected) {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> text.indexOf(expected) >= 0);
        }

        long received() {
            return bytes;
        }

        void awaitBytes(long count) {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> bytes >= count);
        }

        boolean cleanEnd() {
            return cleanEnd;
        }

        void awaitCleanEnd() {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> cleanEnd);
        }

        void awaitClosed() {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> !channel.isOpen());
        }

        void close() {
            channel.close().syncUninterruptibly();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof TlsFacts found) {
                facts.complete(found);
            } else if (event == ChannelInputShutdownEvent.INSTANCE) {
                cleanEnd = true;
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf data = (ByteBuf) message;
            if (text.length() < 1 << 16) {
                text.append(data.toString(StandardCharsets.ISO_8859_1));
            }
            bytes += data.readableBytes();
            data.release();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            faults++;
            lastFault = cause;
            facts.completeExceptionally(cause);
        }
    }
}
