package io.hotpool.pool.connect;

import io.hotpool.pool.PoolListener;
import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.fault.DialProgress;
import io.hotpool.pool.fault.DialProgress.Stage;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts.DialTiming;
import io.hotpool.pool.http.Origin;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Straight to the origin: resolve once, choose among the very addresses that will be dialled, race them; and, where the
 * socket comes to nothing, race those that are left.
 */
final class Route implements Passage {
    static final long HANDSHAKE_PATIENCE_NANOS = 5_000_000_000L;

    private final Addresses addresses;
    private final PoolListener events;
    private final EventLoop loop;
    private final Origin origin;
    private final String session;
    private final boolean halfClose;
    private final List<InetAddress> left = new ArrayList<>();
    private final Future<?> deadline;
    private final long started;
    private final long ends;
    private long resolved;
    private long connected;
    private long raced;
    private @Nullable InetAddress first;
    private Promise<Channel> opened;
    private @Nullable TcpRace race;
    private Runnable atDeadline = () -> {};

    Route(Addresses addresses, PoolListener events, EventLoop loop, Plan plan) {
        assert loop.inEventLoop();
        this.addresses = addresses;
        this.events = events;
        this.loop = loop;
        this.origin = plan.origin;
        this.session = plan.session;
        this.halfClose = plan.halfClose;
        this.opened = loop.newPromise();
        this.started = now();
        this.ends = started + plan.timeout.toNanos();
        this.deadline = loop.schedule(() -> expired(plan.timeout), plan.timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** @param session sticks to one address; empty: spread */
    record Plan(Origin origin, String session, Duration timeout, boolean halfClose) {}

    @Override
    public Future<Channel> open(@Nullable InetAddress only) {
        if (only != null) {
            resolved(loop.newSucceededFuture(List.of(only)));
        } else {
            addresses.resolve(origin.host()).addListener((Future<List<InetAddress>> done) -> {
                resolved = now();
                if (done.isSuccess()) {
                    addresses.resolved(origin, done.getNow());
                }
                events.dnsLookup(origin.host(), done.isSuccess(), resolved - started);
                resolved(done);
            });
        }
        return opened;
    }

    private void resolved(Future<List<InetAddress>> answer) {
        if (opened.isDone()) {
            return;
        }
        resolved = now();
        if (!answer.isSuccess()) {
            fail(Fault.from(answer.cause()));
            return;
        }
        try {
            left.addAll(addresses.choose(origin, answer.getNow(), session));
            first = left.get(0);
            race();
        } catch (Fault refusal) {
            fail(refusal);
        }
    }

    @Override
    public Future<Channel> another() {
        assert hasAnother();
        opened = loop.newPromise();
        connected = 0;
        race();
        return opened;
    }

    @Override
    public boolean hasAnother() {
        return !left.isEmpty() && ends - now() > 0;
    }

    private void race() {
        raced = now();
        race = new TcpRace(loop, left, origin.port(), halfClose, addresses.leaving(session), new TcpRace.Witness() {
            @Override
            public void started(InetAddress address, Channel channel) {
                addresses.opened(origin, address, channel);
            }

            @Override
            public void ended(InetAddress address, Outcome outcome) {
                left.remove(address);
                if (outcome == Outcome.LOST_RACE) {
                    left.add(address);
                }
                addresses.seen(origin, address, outcome);
            }
        });
        race.start().addListener((Future<Channel> done) -> raced(done));
    }

    private void raced(Future<Channel> done) {
        connected = now();
        if (!done.isSuccess()) {
            fail(Fault.from(done.cause()));
            return;
        }
        left.remove(remote(done.getNow()));
        done.getNow().pipeline().addFirst(new WireCounter(events));
        if (opened.trySuccess(done.getNow())) {
            events.tcpConnected(origin, connected - raced);
        } else {
            done.getNow().close();
        }
    }

    private static @Nullable InetAddress remote(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : null;
    }

    @Override
    public long patienceNanos() {
        long rest = ends - now();
        return left.isEmpty() ? rest : Math.min(rest / 2, HANDSHAKE_PATIENCE_NANOS);
    }

    @Override
    public void atDeadline(Runnable action) {
        atDeadline = action;
    }

    @Override
    public boolean atFirst(Channel channel) {
        InetAddress address = remote(channel);
        return address != null && address.equals(first);
    }

    @Override
    public void seen(Channel channel, Outcome outcome) {
        InetAddress address = remote(channel);
        if (address != null) {
            seen(address, outcome);
        }
    }

    @Override
    public void seen(InetAddress address, Outcome outcome) {
        addresses.seen(origin, address, outcome);
    }

    @Override
    public void finish() {
        deadline.cancel(false);
    }

    @Override
    public void abandon(Fault why) {
        if (race != null) {
            race.abandon(why);
        }
        fail(why);
        deadline.cancel(false);
    }

    private void expired(Duration timeout) {
        Fault late = late(timeout);
        if (race != null) {
            race.stop(late);
        }
        fail(late);
        atDeadline.run();
    }

    private Fault late(Duration timeout) {
        String step = resolved == 0 ? "DNS" : connected == 0 ? "TCP" : "TLS";
        String text = "host " + origin.hostPort() + ": not connected after " + timeout.toMillis() + " ms, in " + step;
        return Fault.unprocessed(FaultKind.CONNECT_TIMEOUT, text, null).at(origin.host(), null);
    }

    @Override
    public Fault late() {
        return late(Duration.ofNanos(now() - started));
    }

    private void fail(Fault fault) {
        if (!opened.isDone()) {
            deadline.cancel(false);
            opened.setFailure(named(fault));
        }
    }

    /** With the host's name in front, where the text has none yet. */
    private Fault named(Fault fault) {
        if (fault.host() != null) {
            return fault;
        }
        return Fault.unprocessed(fault.kind(), "host " + origin.hostPort() + ": " + fault.detail(), fault.getCause())
                .at(origin.host(), fault.address());
    }

    @Override
    public DialTiming timing() {
        long tls = origin.secure() ? now() - connected : 0;
        return new DialTiming(resolved - started, connected - raced, tls);
    }

    @Override
    public DialProgress progress() {
        if (first == null) {
            return new DialProgress(Stage.DNS, 0, 0);
        }
        return opened.isSuccess()
                ? new DialProgress(Stage.TLS, resolved - started, connected - raced)
                : new DialProgress(Stage.CONNECT, resolved - started, 0);
    }

    @Override
    public @Nullable InetAddress address(Channel channel) {
        return remote(channel);
    }

    private long now() {
        return loop.ticker().nanoTime();
    }
}
