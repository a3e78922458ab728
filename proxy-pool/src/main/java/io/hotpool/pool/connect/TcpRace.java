package io.hotpool.pool.connect;

import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.connect.EgressAddresses.Source;
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
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private final Leaving leaving;
    private final Witness witness;
    private final Map<Channel, InetAddress> running = new LinkedHashMap<>(2);
    private final Promise<Channel> winner;
    private @Nullable Future<?> next;
    private @Nullable Fault worst;

    /** From which of our addresses. @param session keeps one; empty: in turns */
    record Leaving(EgressAddresses sources, String session) {}

    /** Told about every address that was tried, on the loop. */
    interface Witness {
        /** Nobody keeps account of such addresses. */
        Witness NOBODY = new Witness() {
            @Override
            public void started(InetAddress address, Channel channel) {}

            @Override
            public void ended(InetAddress address, Outcome outcome) {}
        };

        void started(InetAddress address, Channel channel);

        /** It did not win. Not told for those that started after the winner. */
        void ended(InetAddress address, Outcome outcome);
    }

    /**
     * @param addresses in the order to try them
     * @param halfClose the end of input leaves the channel open, as tunnels need it
     */
    TcpRace(
            EventLoop loop,
            List<InetAddress> addresses,
            int port,
            boolean halfClose,
            Leaving leaving,
            Witness witness) {
        this.loop = loop;
        this.port = port;
        this.halfClose = halfClose;
        this.left = new ArrayDeque<>(addresses);
        this.leaving = leaving;
        this.witness = witness;
        this.winner = loop.newPromise();
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
            running.values().forEach(address -> witness.ended(address, Outcome.CONNECT_TIMEOUT));
            cleanUp();
        }
    }

    /** Nobody wants a winner any more: no socket stays behind, and nothing is said of any address. */
    void abandon(Fault why) {
        assert loop.inEventLoop();
        if (winner.tryFailure(why)) {
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
        Source source = leaving.sources.configured(address) ? leaving.sources.choose(address, leaving.session) : null;
        if (source == null && leaving.sources.configured(address)) {
            skip(address);
            return;
        }
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(ChannelTypes.socket(loop))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, halfClose)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(counted(address));
        InetSocketAddress local = source == null ? null : new InetSocketAddress(source.address(), 0);
        ChannelTypes.bind(bootstrap, loop, source);
        ChannelFuture attempt = bootstrap.connect(new InetSocketAddress(address, port), local);
        running.put(attempt.channel(), address);
        attempt.addListener(done -> {
            if (loop.inEventLoop()) {
                ended(attempt, address, source);
            } else {
                loop.execute(() -> ended(attempt, address, source)); // no socket could be made, and so none has a loop
            }
        });
    }

    /** A family that may not be used: the system's own choice would show another address than those. */
    private void skip(InetAddress address) {
        String text = "no local address for " + address.getHostAddress()
                + ": upstream.local_addresses and upstream.ipv6_subnet have none of its family";
        worst = Fault.unprocessed(FaultKind.LOCAL_ADDRESS, text, null);
        witness.ended(address, Outcome.LOST_RACE);
        cancelTimer();
        if (!left.isEmpty()) {
            tryNext();
        } else if (running.isEmpty()) {
            winner.tryFailure(worst);
        }
    }

    private ChannelHandler counted(InetAddress address) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                witness.started(address, channel);
            }
        };
    }

    private void ended(ChannelFuture attempt, InetAddress address, @Nullable Source source) {
        Channel channel = attempt.channel();
        if (attempt.isSuccess()) {
            if (winner.trySuccess(channel)) {
                tellLosers(channel);
                running.remove(channel);
                cleanUp();
            } else {
                channel.close();
            }
            return;
        }
        running.remove(channel);
        if (channel.isOpen()) {
            channel.close();
        }
        if (winner.isDone()) {
            return;
        }
        boolean ours = source != null && unbound(attempt.cause());
        boolean nobodys = ours || unreachable(attempt.cause()) || spent(attempt.cause());
        witness.ended(address, nobodys ? Outcome.LOST_RACE : Outcome.CONNECT_FAILED);
        worst = ours ? unusable(source, attempt.cause()) : fault(attempt.cause(), address);
        if (!left.isEmpty()) {
            cancelTimer();
            tryNext();
        } else if (running.isEmpty()) {
            winner.tryFailure(worst);
        }
    }

    /** Those that had a start on the winner. */
    private void tellLosers(Channel won) {
        for (Map.Entry<Channel, InetAddress> attempt : running.entrySet()) {
            if (attempt.getKey() == won) {
                return;
            }
            witness.ended(attempt.getValue(), Outcome.LOST_RACE);
        }
    }

    /** This machine has no route there, as with IPv6 in many networks: nobody's fault. On epoll only the type says it. */
    static boolean unreachable(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        return text.contains("Network is unreachable")
                || cause instanceof NoRouteToHostException && text.startsWith("null");
    }

    /** This machine has nothing left to connect with, no file descriptor, memory or port: nobody's fault either. */
    static boolean spent(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        return text.contains("Too many open files")
                || text.contains("No buffer space available")
                || text.contains("annot assign requested address");
    }

    /** EADDRNOTAVAIL, or EACCES, before anything was sent. */
    private static boolean unbound(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        return cause instanceof BindException
                || text.contains("annot assign requested address")
                || text.startsWith("bind(");
    }

    private static Fault unusable(Source source, Throwable cause) {
        String local = source.address().getHostAddress();
        String text = source.free()
                ? "an address of upstream.ipv6_subnet, " + local
                        + ", cannot be used: the subnet must be routed to this machine (ip -6 route add local SUBNET dev lo)"
                : "local address " + local
                        + " of upstream.local_addresses cannot be used: it is none of this machine's";
        return Fault.unprocessed(FaultKind.LOCAL_ADDRESS, text, cause);
    }

    private Fault fault(Throwable cause, InetAddress address) {
        String reason = reason(cause);
        if (spent(cause)) {
            String text = "this machine has nothing left to connect with: " + reason;
            return Fault.unprocessed(FaultKind.POOL_EXHAUSTED, text, cause).at(null, address);
        }
        boolean refused = cause instanceof ConnectException && reason.contains("refused");
        FaultKind kind = refused ? FaultKind.CONNECT_REFUSED : FaultKind.CONNECT_FAILED;
        return Fault.unprocessed(kind, reason, cause).at(null, address);
    }

    /** What the system said, without the call and the address that transports put around it. */
    static String reason(Throwable cause) {
        if (unreachable(cause)) {
            return "Network is unreachable";
        }
        String text = String.valueOf(cause.getMessage());
        return text.replaceFirst("^\\S*\\(\\.\\.\\) failed(?: with error\\(-?\\d+\\))?: ", "")
                .replaceFirst(": /?[0-9a-fA-F.:\\[\\]%/]+$", "");
    }

    private void cleanUp() {
        cancelTimer();
        List.copyOf(running.keySet()).stream().filter(Channel::isOpen).forEach(Channel::close);
        left.clear();
    }

    private void cancelTimer() {
        if (next != null) {
            next.cancel(false);
            next = null;
        }
    }
}
