package io.hotpool.server.admin;

import io.hotpool.server.metrics.Statistics;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin port. Has one event loop of its own, so that neither a scrape nor a slow client delays the data plane, and a
 * thread for what blocks.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int MOST_CONNECTIONS = 256;
    private static final int LONGEST_LINE = 8 * 1024;
    private static final int LONGEST_HEAD = 16 * 1024;
    private static final int LONGEST_BODY = 64 * 1024;
    private static final Duration REQUEST_TIME = Duration.ofSeconds(30);
    private static final int WRITE_SECONDS = 30;
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final AdminServices services;
    private final Duration requestTime;
    private final Routes routes = new Routes();
    private final EventStreams events;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("hotpool-admin", true), NioIoHandler.newFactory());
    private final ExecutorService blocking =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("hotpool-admin-work", true));
    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final List<Channel> listeners = new ArrayList<>();

    private AdminServer(AdminServices services, Duration requestTime) {
        this.services = services;
        this.requestTime = requestTime;
        new PublicPages(services).addTo(routes);
        new DashboardPages().addTo(routes);
        DescriptionPage.addTo(routes);
        new DiagnosePage(services).addTo(routes);
        new StatsPage(services).addTo(routes);
        new AlertPages(services).addTo(routes);
        new PoolPages(services).addTo(routes);
        new PrewarmPage(services).addTo(routes);
        new ListPages(services).addTo(routes);
        new AddressPage(services).addTo(routes);
        new ConfigPages(services, blocking).addTo(routes);
        new ProfilePages(services).addTo(routes);
        events = new EventStreams(services.events(), HEARTBEAT.toMillis());
        events.addTo(routes);
    }

    /** @throws IOException naming the address that could not be bound */
    public static AdminServer start(AdminServices services, List<InetSocketAddress> listen) throws IOException {
        return start(services, listen, REQUEST_TIME);
    }

    /** @param requestTime longest wait for a whole request */
    static AdminServer start(AdminServices services, List<InetSocketAddress> listen, Duration requestTime)
            throws IOException {
        AdminServer server = new AdminServer(services, requestTime);
        try {
            for (InetSocketAddress address : listen) {
                server.bind(address);
            }
            if (server.listeners.isEmpty() && !listen.isEmpty()) {
                throw new IOException("admin.listen: none of " + listen + " is an address of this machine");
            }
        } catch (IOException e) {
            server.close();
            throw e;
        }
        server.loop.scheduleAtFixedRate(
                services.statistics()::tick, Statistics.TICK_SECONDS, Statistics.TICK_SECONDS, TimeUnit.SECONDS);
        server.events.start(server.loop.next());
        return server;
    }

    /** Where it listens, with the ports that were bound. */
    public List<InetSocketAddress> addresses() {
        return listeners.stream()
                .map(channel -> (InetSocketAddress) channel.localAddress())
                .toList();
    }

    Routes routes() {
        return routes;
    }

    private void bind(InetSocketAddress address) throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        serve(channel);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (bound.isSuccess()) {
            listeners.add(bound.channel());
        } else if (address.getAddress() instanceof Inet6Address
                && !(bound.cause() instanceof BindException e && inUse(e))) {
            LOG.info(
                    "admin.listen: {} is left out, this machine has no IPv6 there ({})",
                    address,
                    bound.cause().getMessage());
        } else {
            throw new IOException(
                    "admin.listen: " + address + ": " + bound.cause().getMessage(), bound.cause());
        }
    }

    private static boolean inUse(BindException e) {
        return String.valueOf(e.getMessage()).contains("in use");
    }

    private void serve(Channel channel) {
        if (clients.size() >= MOST_CONNECTIONS) {
            channel.close();
            return;
        }
        clients.add(channel);
        channel.pipeline()
                .addLast(new WriteTimeoutHandler(WRITE_SECONDS))
                .addLast(new HttpServerCodec(LONGEST_LINE, LONGEST_HEAD, LONGEST_LINE))
                .addLast(new HttpObjectAggregator(LONGEST_BODY, true))
                .addLast(new RequestDeadline(requestTime))
                .addLast(new AdminHandler(services, routes));
    }

    @Override
    public void close() {
        listeners.forEach(listener -> listener.close().awaitUninterruptibly());
        clients.close().awaitUninterruptibly(1_000);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        blocking.shutdownNow().forEach(never -> {});
    }
}
