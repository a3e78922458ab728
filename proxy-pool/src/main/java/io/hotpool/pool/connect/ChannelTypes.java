package io.hotpool.pool.connect;

import io.hotpool.pool.connect.EgressAddresses.Source;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import org.jspecify.annotations.Nullable;

/** The socket channel that goes with a loop. */
final class ChannelTypes {
    /** Of Linux' {@code in.h}; the level is that of IPv4 for IPv6 sockets, too. */
    private static final ChannelOption<Integer> FREEBIND = new IntegerUnixChannelOption("IP_FREEBIND", 0, 15);

    private static final ChannelOption<Integer> BIND_ADDRESS_NO_PORT =
            new IntegerUnixChannelOption("IP_BIND_ADDRESS_NO_PORT", 0, 24);

    private ChannelTypes() {}

    static Class<? extends SocketChannel> socket(EventLoop loop) {
        return epoll(loop) ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    private static boolean epoll(EventLoop loop) {
        return loop instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class);
    }

    /** A port is chosen when the connection is made, so that one address has enough for many destinations. */
    static void bind(Bootstrap bootstrap, EventLoop loop, @Nullable Source source) {
        if (source != null && epoll(loop)) {
            bootstrap.option(BIND_ADDRESS_NO_PORT, 1).option(FREEBIND, source.free() ? 1 : 0);
        }
    }
}
