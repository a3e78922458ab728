package io.hotpool.server.frontend;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The proxy port: its listeners, and everything that is open behind them. Thread-safe. */
public final class ProxyServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);
    private static final int BACKLOG = 1024;
    private static final long DRAIN_CHECK_MILLIS = 20;

    private final ProxyContext context;
    private final List<Channel> listeners = new ArrayList<>();

    private ProxyServer(Frontend frontend) {
        context = new ProxyContext(frontend);
    }

    /**
     * Binds every address of {@code proxy.listen}.
     *
     * @param boss accepts
     * @param workers own the clients' connections; the same kind of loops as {@code boss}
     * @throws IOException naming the address that cannot be had
     */
    public static ProxyServer start(Frontend frontend, EventLoopGroup boss, EventLoopGroup workers) throws IOException {
        ProxyServer server = new ProxyServer(frontend);
        try {
            for (InetSocketAddress address : frontend.config().get().proxy().listen()) {
                server.listen(address, boss, workers);
            }
            if (server.listeners.isEmpty()) {
                throw new IOException("proxy.listen: no address of it is one of this machine");
            }
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        server.context.bound(server.addresses());
        return server;
    }

    private void listen(InetSocketAddress address, EventLoopGroup boss, EventLoopGroup workers) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(boss, workers)
                .channel(channelType(boss))
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 * 1024, 128 * 1024))
                .handler(new AcceptGuard(context.clients))
                .childHandler(new ClientInitializer(context));
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (bound.isSuccess()) {
            listeners.add(bound.channel());
        } else if (address.getAddress() instanceof Inet6Address && !inUse(bound.cause())) {
            LOG.info(
                    "proxy.listen: {} is left out, this machine has no IPv6 there",
                    NetUtil.toSocketAddressString(address));
        } else {
            throw new IOException(
                    "proxy.listen: " + NetUtil.toSocketAddressString(address) + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
    }

    private static boolean inUse(Throwable cause) {
        return String.valueOf(cause.getMessage()).contains("in use");
    }

    private static Class<? extends ServerChannel> channelType(EventLoopGroup group) {
        boolean epoll = group instanceof IoEventLoopGroup io && io.isIoType(EpollIoHandler.class);
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** Where it listens, with the ports that the system chose for port 0. */
    public List<InetSocketAddress> addresses() {
        return listeners.stream().map(l -> (InetSocketAddress) l.localAddress()).toList();
    }

    /** Client connections open now. */
    public int connections() {
        return context.clients.connections();
    }

    /** Exchanges and tunnels under way. */
    public int exchanges() {
        return context.clients.exchanges();
    }

    /** No new connections; those that are open go on. */
    public void stopAccepting() {
        listeners.forEach(Channel::close);
    }

    /**
     * Stops accepting and lets what is under way come to its end: idle connections close, busy ones after their answer.
     *
     * @param longest after that time what is left is cut
     * @return completes with the number of exchanges and tunnels that were cut
     */
    public CompletionStage<Integer> drain(Duration longest) {
        stopAccepting();
        context.startDraining();
        context.clients.drainAll();
        CompletableFuture<Integer> drained = new CompletableFuture<>();
        awaitEnd(System.nanoTime() + longest.toNanos(), drained);
        return drained;
    }

    private void awaitEnd(long deadline, CompletableFuture<Integer> drained) {
        boolean late = System.nanoTime() - deadline >= 0;
        if (context.clients.connections() == 0 || late) {
            int cut = context.clients.exchanges();
            context.clients.closeAll();
            drained.complete(cut);
            return;
        }
        GlobalEventExecutor.INSTANCE.schedule(
                () -> awaitEnd(deadline, drained), DRAIN_CHECK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Closes everything now. Idempotent. */
    @Override
    public void close() {
        stopAccepting();
        context.clients.closeAll();
        context.authenticator.close();
    }
}
