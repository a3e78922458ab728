package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.server.config.Cidr;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.frontend.Http1ResponseWriter.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Receives an accepted connection: admits it or turns it away, and puts its first handlers in place. */
final class ClientInitializer extends ChannelInitializer<Channel> {
    private final ProxyContext context;
    private final TrafficCounter traffic;

    ClientInitializer(ProxyContext context) {
        this.context = context;
        this.traffic = new TrafficCounter(context.frontend.observer());
    }

    @Override
    protected void initChannel(Channel channel) {
        if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
            channel.close(); // gone before it could be looked at
            return;
        }
        HotpoolConfig.Proxy config = context.config().proxy();
        ClientConnection client = new ClientConnection(context, channel);
        Fault refusal = refusal(remote, client, config);
        if (refusal != null) {
            turnAway(channel, refusal);
            return;
        }
        context.frontend.observer().clientConnected();
        channel.closeFuture().addListener(closed -> {
            context.clients.remove(client);
            context.frontend.observer().clientDisconnected();
        });
        channel.pipeline().addLast(traffic, new SniffHandler(client));
    }

    private @Nullable Fault refusal(InetSocketAddress remote, ClientConnection client, HotpoolConfig.Proxy config) {
        if (!allowed(remote.getAddress(), config)) {
            return Fault.of(FaultKind.CLIENT_FORBIDDEN, "this address is not in proxy.allow_clients");
        }
        if (context.draining()) {
            return Fault.of(FaultKind.DRAINING, "the proxy is shutting down");
        }
        if (!context.clients.add(client, config.maxClients())) {
            return Fault.of(FaultKind.POOL_EXHAUSTED, "proxy.max_clients (" + config.maxClients() + ") are connected");
        }
        return null;
    }

    private static boolean allowed(InetAddress remote, HotpoolConfig.Proxy config) {
        if (config.allowClients().isEmpty()) {
            return true;
        }
        for (Cidr block : config.allowClients()) {
            if (block.contains(remote)) {
                return true;
            }
        }
        return false;
    }

    private static void turnAway(Channel channel, Fault fault) {
        OwnAnswer answer = ProblemAnswer.of(fault, null);
        ByteBuf head = Http1ResponseWriter.head(channel.alloc(), answer.head(), Framing.LENGTH, "close");
        channel.eventLoop().execute(() -> {
            channel.writeAndFlush(Unpooled.wrappedBuffer(head, Unpooled.wrappedBuffer(answer.body())));
            ClosingTime.linger(channel);
        });
    }
}
