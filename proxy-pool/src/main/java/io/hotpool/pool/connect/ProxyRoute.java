package io.hotpool.pool.connect;

import io.hotpool.pool.Egress;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.UpstreamProxy;
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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Through an upstream proxy. The proxy's own addresses are resolved and raced here; the origin's only where the proxy does not
 * resolve names: then they are chosen as for a direct dial, and tried one after the other. What goes wrong says whose fault
 * it is, the proxy's ({@code upstream_proxy}) or the origin's by the word of the proxy.
 */
final class ProxyRoute implements Passage {
    private final Addresses addresses;
    private final PoolListener events;
    private final EventLoop loop;
    private final Route.Plan plan;
    private final Origin origin;
    private final Egress egress;
    private final UpstreamProxy proxy;
    private final ProxyTalk talk;
    private Promise<Channel> opened;
    private final Future<?> deadline;
    private final long started;
    private final long ends;
    private Queue<InetAddress> targets = new ArrayDeque<>(0);
    private @Nullable InetAddress target;
    private @Nullable InetAddress first;
    private String step = "DNS";
    private long resolved;
    private long connected;
    private @Nullable TcpRace race;
    private @Nullable Channel talking;
    private Runnable atDeadline = () -> {};

    ProxyRoute(
            Addresses addresses, PoolListener events, EventLoop loop, Route.Plan plan, Egress egress, ProxyTalk talk) {
        assert loop.inEventLoop();
        this.addresses = addresses;
        this.events = events;
        this.loop = loop;
        this.plan = plan;
        this.origin = plan.origin();
        this.egress = egress;
        this.proxy = Objects.requireNonNull(egress.proxy());
        this.talk = talk;
        this.opened = loop.newPromise();
        this.started = now();
        this.ends = started + plan.timeout().toNanos();
        this.deadline = loop.schedule(this::expired, plan.timeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public Future<Channel> open(@Nullable InetAddress only) {
        try {
            if (egress.resolvesNames()) {
                target = only;
                addresses.judge(origin, only);
                toProxy();
            } else if (only != null) {
                targets(List.of(only));
            } else {
                resolveTarget();
            }
        } catch (Fault refusal) {
            fail(refusal);
        }
        return opened;
    }

    @Override
    public Future<Channel> another() {
        assert hasAnother();
        opened = loop.newPromise();
        target = targets.poll();
        toProxy();
        return opened;
    }

    @Override
    public boolean hasAnother() {
        return !targets.isEmpty() && ends - now() > 0;
    }

    @Override
    public long patienceNanos() {
        long rest = ends - now();
        return targets.isEmpty() ? rest : Math.min(rest / 2, Route.HANDSHAKE_PATIENCE_NANOS);
    }

    private void resolveTarget() {
        addresses.resolve(origin.host()).addListener((Future<List<InetAddress>> done) -> {
            events.dnsLookup(origin.host(), done.isSuccess(), now() - started);
            if (!done.isSuccess()) {
                fail(Fault.from(done.cause()));
                return;
            }
            addresses.resolved(origin, done.getNow());
            try {
                targets(done.getNow());
            } catch (Fault refusal) {
                fail(refusal);
            }
        });
    }

    private void targets(List<InetAddress> known) {
        targets = new ArrayDeque<>(addresses.choose(origin, known, plan.session()));
        target = targets.poll();
        first = target;
        toProxy();
    }

    private void toProxy() {
        if (opened.isDone()) {
            return;
        }
        long asked = now();
        addresses.resolve(proxy.host()).addListener((Future<List<InetAddress>> done) -> {
            events.dnsLookup(proxy.host(), done.isSuccess(), now() - asked);
            if (opened.isDone()) {
                return;
            }
            if (!done.isSuccess()) {
                fail(unreachable(Fault.from(done.cause())));
                return;
            }
            try {
                race(addresses.permitted(egress, done.getNow()));
            } catch (Fault refusal) {
                fail(refusal);
            }
        });
    }

    private void race(List<InetAddress> permitted) {
        step = "TCP to the upstream proxy";
        resolved = resolved == 0 ? now() : resolved;
        race = new TcpRace(
                loop,
                permitted,
                proxy.port(),
                plan.halfClose(),
                addresses.leaving(plan.session()),
                TcpRace.Witness.NOBODY);
        race.start().addListener((Future<Channel> done) -> {
            race = null;
            if (!done.isSuccess()) {
                fail(unreachable(Fault.from(done.cause())));
            } else if (opened.isDone()) {
                done.getNow().close();
            } else {
                talk(done.getNow());
            }
        });
    }

    private void talk(Channel channel) {
        step = "the upstream proxy's answer";
        talking = channel;
        Promise<Channel> answered = loop.newPromise();
        talk.begin(channel, new ProxyTalk.Question(proxy, egress.via(), origin, target), answered);
        answered.addListener((Future<Channel> done) -> {
            talking = null;
            if (done.isSuccess()) {
                stands(channel);
            } else {
                refused(Fault.from(done.cause()));
            }
        });
    }

    private void stands(Channel channel) {
        connected = now();
        step = "TLS";
        channel.pipeline().addFirst(new WireCounter(events));
        if (!opened.trySuccess(channel)) {
            channel.close();
        } else {
            events.tcpConnected(origin, connected - resolved);
        }
    }

    private void refused(Fault fault) {
        if (talk.mayAskOtherwise(proxy, origin, fault)) {
            toProxy();
            return;
        }
        boolean byOrigin = fault.kind() != FaultKind.UPSTREAM_PROXY;
        if (byOrigin && target != null && !egress.resolvesNames()) {
            addresses.seen(origin, target, Outcome.CONNECT_FAILED);
            if (!targets.isEmpty()) {
                target = targets.poll();
                toProxy();
                return;
            }
        }
        fail(Fault.unprocessed(fault.kind(), "the upstream proxy " + proxy + " " + fault.detail(), fault.getCause()));
    }

    private Fault unreachable(Fault fault) {
        String text = "the upstream proxy " + proxy + " cannot be reached: " + fault.detail();
        return Fault.unprocessed(FaultKind.UPSTREAM_PROXY, text, fault.getCause());
    }

    @Override
    public void abandon(Fault why) {
        fail(why);
        deadline.cancel(false);
        if (race != null) {
            race.abandon(why);
        }
        if (talking != null) {
            talking.close();
        }
    }

    private void expired() {
        Fault late = late();
        if (race != null) {
            race.stop(late);
        }
        if (talking != null) {
            talking.close();
        }
        fail(late);
        atDeadline.run();
    }

    @Override
    public Fault late() {
        String text = "host " + origin.hostPort() + ": not connected through " + proxy + " after "
                + Duration.ofNanos(now() - started).toMillis() + " ms, in " + step;
        return Fault.unprocessed(FaultKind.CONNECT_TIMEOUT, text, null).at(origin.host(), null);
    }

    private void fail(Fault fault) {
        if (!opened.isDone()) {
            deadline.cancel(false);
            String text = fault.host() == null ? "host " + origin.hostPort() + ": " + fault.detail() : fault.detail();
            opened.tryFailure(Fault.unprocessed(fault.kind(), text, fault.getCause())
                    .at(origin.host(), fault.address() == null ? knownTarget() : fault.address()));
        }
    }

    private @Nullable InetAddress knownTarget() {
        return egress.resolvesNames() ? null : target;
    }

    @Override
    public void atDeadline(Runnable action) {
        atDeadline = action;
    }

    @Override
    public boolean atFirst(Channel channel) {
        return egress.resolvesNames() || Objects.equals(target, first);
    }

    @Override
    public void seen(Channel channel, Outcome outcome) {
        InetAddress known = knownTarget();
        if (known != null) {
            seen(known, outcome);
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
    public DialTiming timing() {
        long tls = origin.secure() ? now() - connected : 0;
        return new DialTiming(resolved - started, connected - resolved, tls);
    }

    @Override
    public DialProgress progress() {
        return opened.isSuccess()
                ? new DialProgress(Stage.TLS, resolved - started, connected - resolved)
                : new DialProgress(Stage.UPSTREAM_PROXY, 0, 0);
    }

    @Override
    public @Nullable InetAddress address(Channel channel) {
        return knownTarget();
    }

    private long now() {
        return loop.ticker().nanoTime();
    }
}
