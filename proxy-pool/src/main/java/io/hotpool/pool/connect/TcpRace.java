package io.hotpool.pool.connect;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Happy Eyeballs (RFC 8305, section 5): addresses are tried one after the other, the next one when the last has failed or
 * after {@link #DELAY_MILLIS}; the first connection that stands wins and the others are closed. Confined to its loop.
 */
final class TcpRace {
    static final long DELAY_MILLIS = 250;

    private final EventLoop loop;
    private final int port;
    private final boolean halfClose;
    private final Queue<InetAddress> left;
    private final List<Channel> running = new ArrayList<>(2);
    private final Promise<Channel> winner;
    private @Nullable Future<?> next;
    private @Nullable Fault worst;

    /** @param halfClose the end of input leaves the channel open, as tunnels need it */
    TcpRace(EventLoop loop, List<InetAddress> addresses, int port, boolean halfClose) {
        this.loop = loop;
        this.port = port;
        this.halfClose = halfClose;
        this.left = interleaved(addresses);
        this.winner = loop.newPromise();
    }

    /** IPv6 first, then alternating (RFC 8305, section 4). */
    static Queue<InetAddress> interleaved(List<InetAddress> addresses) {
        Deque<InetAddress> v6 = new ArrayDeque<>();
        Deque<InetAddress> v4 = new ArrayDeque<>();
        addresses.forEach(a -> (a instanceof Inet6Address ? v6 : v4).add(a));
        Queue<InetAddress> mixed = new ArrayDeque<>(addresses.size());
        while (!v6.isEmpty() || !v4.isEmpty()) {
            if (!v6.isEmpty()) {
                mixed.add(v6.poll());
            }
            if (!v4.isEmpty()) {
                mixed.add(v4.poll());
            }
        }
        return mixed;
    }

    /** The channel has auto-read off and an empty pipeline; or a {@link Fault}. */
    Future<Channel> start() {
        assert loop.inEventLoop();
        tryNext();
        return winner;
    }

    /** Ends the race without a winner; no socket stays behind. */
    void stop(Fault why) {
        assert loop.inEventLoop();
        if (winner.tryFailure(worst == null || worst.kind() == why.kind() ? why : why.at(null, worst.address()))) {
            cleanUp();
        }
    }

    private void tryNext() {
        InetAddress address = left.poll();
        if (address == null || winner.isDone()) {
            return;
        }
        if (!left.isEmpty()) {
            next = loop.schedule(this::tryNext, DELAY_MILLIS, TimeUnit.MILLISECONDS);
        }
        ChannelFuture attempt = new Bootstrap()
                .group(loop)
                .channel(ChannelTypes.socket(loop))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, halfClose)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(nothing())
                .connect(new InetSocketAddress(address, port));
        running.add(attempt.channel());
        attempt.addListener(done -> {
            if (loop.inEventLoop()) {
                ended(attempt, address);
            } else {
                loop.execute(() -> ended(attempt, address)); // no socket could be made, and so none has a loop
            }
        });
    }

    private static ChannelHandler nothing() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {}
        };
    }

    private void ended(ChannelFuture attempt, InetAddress address) {
        Channel channel = attempt.channel();
        running.remove(channel);
        if (attempt.isSuccess()) {
            if (winner.trySuccess(channel)) {
                cleanUp();
            } else {
                channel.close();
            }
            return;
        }
        if (channel.isOpen()) {
            channel.close();
        }
        if (winner.isDone()) {
            return;
        }
        worst = fault(attempt.cause(), address);
        if (!left.isEmpty()) {
            cancelTimer();
            tryNext();
        } else if (running.isEmpty()) {
            winner.tryFailure(worst);
        }
    }

    private Fault fault(Throwable cause, InetAddress address) {
        boolean refused = cause instanceof ConnectException
                && String.valueOf(cause.getMessage()).contains("refused");
        FaultKind kind = refused ? FaultKind.CONNECT_REFUSED : FaultKind.CONNECT_FAILED;
        return Fault.unprocessed(kind, String.valueOf(cause.getMessage()), cause)
                .at(null, address);
    }

    private void cleanUp() {
        cancelTimer();
        List.copyOf(running).stream().filter(Channel::isOpen).forEach(Channel::close);
        left.clear();
    }

    private void cancelTimer() {
        if (next != null) {
            next.cancel(false);
            next = null;
        }
    }
}
