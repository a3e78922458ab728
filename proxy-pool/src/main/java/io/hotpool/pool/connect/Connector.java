package io.hotpool.pool.connect;

import io.hotpool.pool.Egress;
import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.PoolConfig.Sources;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.PoolListener.DialOutcome;
import io.hotpool.pool.address.AddressPolicy;
import io.hotpool.pool.address.HostResolver;
import io.hotpool.pool.address.IpAccessController;
import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.address.Resolver;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.tls.UpstreamTls;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** From an origin to a connection: addresses, TCP, TLS, ALPN, HTTP. Thread-safe. */
public final class Connector implements Dialer {
    private final AddressPolicy policy;
    private final IpAccessController access;
    private final UpstreamTls tls;
    private final ConnectionAttachment attachment;
    private final PoolListener events;
    private final Clock clock;
    private final String name = "hotpool-" + HexFormat.of().toHexDigits(new SecureRandom().nextLong());
    private final ProxyForms forms = new ProxyForms(System::nanoTime);
    private final Map<EventLoop, Addresses> addresses = new ConcurrentHashMap<>();
    private final Map<Channel, Tunnelled> tunnels = new ConcurrentHashMap<>();
    private final EgressAddresses egressAddresses = new EgressAddresses(() -> this.sources);
    private volatile Resolver resolver;
    private volatile Sources sources;

    public Connector(
            Resolver resolver,
            AddressPolicy policy,
            IpAccessController access,
            UpstreamTls tls,
            ConnectionAttachment attachment,
            PoolListener events,
            Clock clock,
            Sources sources) {
        this.sources = sources;
        this.resolver = resolver;
        this.policy = policy;
        this.access = access;
        this.tls = tls;
        this.attachment = attachment;
        this.events = events;
        this.clock = clock;
    }

    /** See {@link io.hotpool.pool.HotPool#name}. */
    public String name() {
        return name;
    }

    @Override
    public Attempt dial(ConnectPlan plan, EventLoop loop, UpstreamConnection.Listener listener, Answer answer) {
        assert loop.inEventLoop();
        Route.Plan way = new Route.Plan(plan.origin(), plan.session(), plan.timeout(), false);
        PoolListener told = plan.test() ? PoolListener.NONE : events;
        Passage route = passage(way, plan.egress(), plan.profile(), loop, told);
        Dial dial = new Dial(plan, route, tls, attachment, told, clock, listener, answer);
        loop.execute(dial::start);
        return dial;
    }

    @Override
    public void refresh(Origin origin, EventLoop loop) {
        assert loop.inEventLoop();
        long started = loop.ticker().nanoTime();
        resolver.refresh(origin.host(), loop).addListener((Future<List<InetAddress>> done) -> {
            events.dnsLookup(origin.host(), done.isSuccess(), loop.ticker().nanoTime() - started);
            if (done.isSuccess()) {
                addresses(loop).resolved(origin, done.getNow());
            }
        });
    }

    private Passage passage(
            Route.Plan way, Egress egress, BrowserProfile profile, EventLoop loop, PoolListener events) {
        return egress.direct()
                ? new Route(addresses(loop), events, loop, way)
                : new ProxyRoute(
                        addresses(loop),
                        events,
                        loop,
                        way,
                        egress,
                        new ProxyTalk(tls, profile, name, way.halfClose(), forms));
    }

    private Addresses addresses(EventLoop loop) {
        return addresses.computeIfAbsent(
                loop,
                l -> new Addresses(l, () -> resolver, policy, access.book(), access.observer(l), egressAddresses));
    }

    /**
     * A bare byte stream, for an opaque tunnel: auto-read off, half-close kept. Completes on {@code loop}.
     *
     * @param options session, address, egress and profile count
     */
    public Future<Channel> open(Origin target, ExchangeOptions options, Duration timeout, EventLoop loop) {
        Promise<Channel> opened = loop.newPromise();
        loop.execute(() -> {
            Route.Plan way = new Route.Plan(target, options.session(), timeout, true);
            Passage route = passage(way, options.egress(), options.profile(), loop, events);
            route.open(options.address()).addListener((Future<Channel> done) -> {
                route.finish();
                if (done.isSuccess()) {
                    route.seen(done.getNow(), Outcome.CONNECTED);
                    events.dialEnded(target, outcome(route, done.getNow()));
                    watch(done.getNow(), target, route.address(done.getNow()));
                    opened.setSuccess(done.getNow());
                } else {
                    events.dialEnded(target, DialOutcome.FAILED);
                    events.dialFailed(target, Fault.from(done.cause()));
                    opened.setFailure(done.cause());
                }
            });
        });
        return opened;
    }

    static DialOutcome outcome(Passage route, Channel channel) {
        return route.atFirst(channel) ? DialOutcome.FIRST_ADDRESS : DialOutcome.ANOTHER_ADDRESS;
    }

    private record Tunnelled(Origin target, InetAddress address) {}

    private void watch(Channel tunnel, Origin target, @Nullable InetAddress address) {
        if (address == null) {
            return; // it is not known here where it ends
        }
        Tunnelled way = new Tunnelled(target, address);
        tunnels.put(tunnel, way);
        tunnel.closeFuture().addListener(closed -> tunnels.remove(tunnel));
        closeIfRuledOut(tunnel, way);
    }

    /** Rules have changed: closes the tunnels to what they deny. */
    public void enforceRules() {
        tunnels.forEach(this::closeIfRuledOut);
    }

    private void closeIfRuledOut(Channel tunnel, Tunnelled way) {
        if (access.book().ruledOut(way.target, way.address)) {
            tunnel.close();
        }
    }

    /** Dials that begin from now on leave from those. */
    public void sources(Sources changed) {
        sources = changed;
    }

    /** Dials that begin from now on use that one. */
    public void resolver(HostResolver changed) {
        Resolver before = resolver;
        resolver = changed.after(before);
        before.close();
    }

    public void close() {
        resolver.close();
    }
}
