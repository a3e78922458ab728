package io.hotpool.server.capture;

import io.hotpool.pool.fingerprint.ClientHelloParser;
import io.hotpool.pool.fingerprint.MalformedInputException;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.server.intercept.CertificateAuthority;
import io.hotpool.server.intercept.LeafCache;
import io.hotpool.server.intercept.TlsOffer;
import io.hotpool.server.learn.Http2Session;
import io.hotpool.server.learn.LearnException;
import io.hotpool.server.learn.Observations;
import io.hotpool.server.learn.SeenHello;
import io.hotpool.server.learn.SeenRequest;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A server that records a browser. One port answers plain HTTP with instructions, TLS for any name below its own with the
 * pages that lead the browser on, and both for a browser that has it as its proxy.
 */
public final class CaptureServer implements AutoCloseable {
    /** Browsers take names below localhost for loopback by themselves. */
    private static final String DIRECT = "capture.localhost";

    /** Browsers do not ask a proxy for names below localhost. */
    private static final String PROXIED = "capture.hotpool.internal";

    private static final int IDLE_SECONDS = 120;
    private static final int MOST_CONNECTIONS = 512;
    private static final int NAMES = 256;
    private static final Duration LEAF_LIFETIME = Duration.ofDays(1);
    private static final TlsOffer HTTP1 = new TlsOffer(List.of("http/1.1"), TlsOffer.STANDARD.versions());
    private static final TlsOffer TLS12 = new TlsOffer(TlsOffer.STANDARD.protocols(), List.of("TLSv1.2"));

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("hotpool-capture", true), NioIoHandler.newFactory());
    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final EventLoop loop = group.next();
    private final LeafCache leaves;
    private final LeafCache http1Leaves;
    private final LeafCache tls12Leaves;
    private final Session session;
    private final Channel listener;

    /**
     * @param authority that the browser trusts, or is told to
     * @param listen port 0: a free one
     * @throws IOException when the port cannot be had
     */
    public CaptureServer(CertificateAuthority authority, InetSocketAddress listen, Steps steps) throws IOException {
        this.leaves = new LeafCache(authority, Clock.systemUTC(), () -> LEAF_LIFETIME, () -> NAMES, () -> {});
        this.http1Leaves = leaves.offering(HTTP1);
        this.tls12Leaves = leaves.offering(TLS12);
        this.session = new Session(loop, steps);
        this.listener = bind(listen);
        if (listen.getAddress().equals(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            bootstrap().bind("::1", port()); // where it can be had: browsers may ask there first
        }
    }

    private Channel bind(InetSocketAddress listen) throws IOException {
        ChannelFuture bound = bootstrap().bind(listen).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            close(bound.channel());
            throw new IOException("cannot listen on " + listen.getAddress().getHostAddress() + ":" + listen.getPort()
                    + ": " + bound.cause().getMessage() + "; --listen names another address or port");
        }
        return bound.channel();
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        serve(channel);
                    }
                });
    }

    private void serve(Channel channel) {
        if (clients.size() >= MOST_CONNECTIONS) {
            channel.close();
            return;
        }
        clients.add(channel);
        channel.pipeline().addLast(new ReadTimeoutHandler(IDLE_SECONDS)).addLast(new FirstBytes(this));
    }

    Session session() {
        return session;
    }

    /** The context for what the name's label asks for. */
    Future<SslContext> contextFor(String host, String label, EventLoop loop) {
        LeafCache cache = label.startsWith("h1") ? http1Leaves : label.startsWith("tls12") ? tls12Leaves : leaves;
        return cache.contextFor(host, loop);
    }

    /** @param hostPort as in CONNECT or a URL */
    boolean ours(String hostPort) {
        String host = hostPort.replaceFirst(":[0-9]+$", "");
        return host.equals(PROXIED) || host.endsWith("." + PROXIED) || host.endsWith("." + DIRECT);
    }

    String rootPem() {
        return leaves.rootPem();
    }

    String instructions(boolean proxied) {
        return Instructions.page(proxied ? proxiedUrl() : url());
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Where a browser on this machine begins. */
    public String url() {
        return "https://www." + DIRECT + ":" + port() + "/";
    }

    /** Where a browser begins that has this server as its proxy. */
    public String proxiedUrl() {
        return "https://www." + PROXIED + "/";
    }

    /** The page with the instructions, for a browser on this machine. */
    public String instructionsUrl() {
        return "http://localhost:" + port() + "/";
    }

    /** For a browser that has this server as its proxy. */
    public String proxiedInstructionsUrl() {
        return "http://" + PROXIED + "/";
    }

    /** SHA-256 of the key of all certificates that are shown here, Base64. */
    public String keyHash() {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(leaves.publicKey()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    public Progress progress() {
        return session.progress();
    }

    /** Completes when a browser has reached the last page. */
    public CompletableFuture<Void> done() {
        return session.done.copy();
    }

    /** What was seen so far. Blocks; not on an event loop. */
    public Observations observations() {
        return loop.submit(() -> observed(session.recordings(), session.fullVersion()))
                .awaitUninterruptibly()
                .getNow();
    }

    private static Observations observed(List<Recording> recordings, String fullVersion) {
        List<SeenHello> hellos = new ArrayList<>();
        List<Http2Session> sessions = new ArrayList<>();
        List<SeenRequest> requests = new ArrayList<>();
        for (Recording recording : recordings) {
            addHello(recording, hellos);
            if (recording.http2.size() > 0) {
                addSession(recording, sessions, requests);
            }
            requests.addAll(recording.http1);
        }
        return new Observations(hellos, sessions, requests, fullVersion);
    }

    private static void addHello(Recording recording, List<SeenHello> hellos) {
        boolean again = recording.secondHello.length > 0;
        try {
            hellos.add(new SeenHello(
                    ClientHelloParser.parse(recording.hello),
                    again ? ClientHelloParser.parse(recording.secondHello) : null,
                    recording.retried));
        } catch (MalformedInputException e) {
            // It was read once when it came; a second hello that is none teaches nothing.
        }
    }

    private static void addSession(Recording recording, List<Http2Session> sessions, List<SeenRequest> requests) {
        try {
            Http2Session session = Http2Session.read(recording.http2.toByteArray());
            sessions.add(session);
            for (Http2Session.Request request : session.requests()) {
                RequestKind kind = CapturePages.kind(request.value(":method"), request.value(":path"));
                if (kind != null) {
                    requests.add(SeenRequest.http2(kind, request));
                }
            }
        } catch (LearnException | MalformedInputException e) {
            // A connection without a request: browsers open one more than they use.
        }
    }

    private void close(Channel channel) {
        channel.close();
        close();
    }

    @Override
    public void close() {
        clients.close().awaitUninterruptibly(1_000);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
        leaves.close();
        http1Leaves.close();
        tls12Leaves.close();
    }
}
