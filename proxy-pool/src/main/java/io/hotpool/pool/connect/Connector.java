package io.hotpool.pool.connect;

import io.hotpool.pool.PoolListener;
import io.hotpool.pool.address.AddressPolicy;
import io.hotpool.pool.address.HostResolver;
import io.hotpool.pool.address.IpAccessController;
import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.address.Resolver;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.tls.UpstreamTls;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
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
    private final Map<EventLoop, Addresses> addresses = new ConcurrentHashMap<>();
    private final Map<Channel, Origin> tunnels = new ConcurrentHashMap<>();
    private volatile Resolver resolver;

    public Connector(
            Resolver resolver,
            AddressPolicy policy,
            IpAccessController access,
            UpstreamTls tls,
            ConnectionAttachment attachment,
            PoolListener events,
            Clock clock) {
        this.resolver = resolver;
        this.policy = policy;
        this.access = access;
        this.tls = tls;
        this.attachment = attachment;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public void dial(ConnectPlan plan, EventLoop loop, UpstreamConnection.Listener listener, Answer answer) {
        loop.execute(() -> {
            Route.Plan way = new Route.Plan(plan.origin(), plan.session(), plan.timeout(), false);
            Route route = new Route(addresses(loop), events, loop, way);
            new Dial(plan, route, tls, attachment, events, clock, listener, answer).start();
        });
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

    private Addresses addresses(EventLoop loop) {
        return addresses.computeIfAbsent(
                loop, l -> new Addresses(l, () -> resolver, policy, access.book(), access.observer(l)));
    }

    /**
     * A bare socket, for an opaque tunnel: auto-read off, empty pipeline, half-close kept. Completes on {@code loop}.
     *
     * @param session sticks to one address; empty: spread
     */
    public Future<Channel> open(
            Origin target, @Nullable InetAddress only, String session, Duration timeout, EventLoop loop) {
        Promise<Channel> opened = loop.newPromise();
        loop.execute(() -> {
            Route route = new Route(addresses(loop), events, loop, new Route.Plan(target, session, timeout, true));
            route.open(only).addListener((Future<Channel> done) -> {
                route.finish();
                if (done.isSuccess()) {
                    route.seen(done.getNow(), Outcome.CONNECTED);
                    watch(done.getNow(), target);
                    opened.setSuccess(done.getNow());
                } else {
                    events.dialFailed(target, Fault.from(done.cause()));
                    opened.setFailure(done.cause());
                }
            });
        });
        return opened;
    }

    private void watch(Channel tunnel, Origin target) {
        tunnels.put(tunnel, target);
        tunnel.closeFuture().addListener(closed -> tunnels.remove(tunnel));
        closeIfRuledOut(tunnel, target);
    }

    /** Rules have changed: closes the tunnels to what they deny. */
    public void enforceRules() {
        tunnels.forEach(this::closeIfRuledOut);
    }

    private void closeIfRuledOut(Channel tunnel, Origin target) {
        if (tunnel.remoteAddress() instanceof InetSocketAddress remote
                && access.book().ruledOut(target, remote.getAddress())) {
            tunnel.close();
        }
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
