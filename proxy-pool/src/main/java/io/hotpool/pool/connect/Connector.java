package io.hotpool.pool.connect;

import io.hotpool.pool.PoolListener;
import io.hotpool.pool.address.AddressPolicy;
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
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** From an origin to a connection: addresses, TCP, TLS, ALPN, HTTP. Thread-safe. */
public final class Connector implements Dialer {
    private final AddressPolicy policy;
    private final UpstreamTls tls;
    private final ConnectionAttachment attachment;
    private final PoolListener events;
    private final Clock clock;
    private volatile Resolver resolver;

    public Connector(
            Resolver resolver,
            AddressPolicy policy,
            UpstreamTls tls,
            ConnectionAttachment attachment,
            PoolListener events,
            Clock clock) {
        this.resolver = resolver;
        this.policy = policy;
        this.tls = tls;
        this.attachment = attachment;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public void dial(ConnectPlan plan, EventLoop loop, UpstreamConnection.Listener listener, Answer answer) {
        loop.execute(() -> {
            Route.Plan way = new Route.Plan(plan.origin(), plan.timeout(), false);
            Route route = new Route(resolver, policy, events, loop, way);
            new Dial(plan, route, tls, attachment, events, clock, listener, answer).start();
        });
    }

    /** A bare socket, for an opaque tunnel: auto-read off, empty pipeline, half-close kept. Completes on {@code loop}. */
    public Future<Channel> open(Origin target, @Nullable InetAddress only, Duration timeout, EventLoop loop) {
        Promise<Channel> opened = loop.newPromise();
        loop.execute(() -> {
            Route route = new Route(resolver, policy, events, loop, new Route.Plan(target, timeout, true));
            route.open(only).addListener((Future<Channel> done) -> {
                route.finish();
                if (done.isSuccess()) {
                    opened.setSuccess(done.getNow());
                } else {
                    events.dialFailed(target, Fault.from(done.cause()));
                    opened.setFailure(done.cause());
                }
            });
        });
        return opened;
    }

    /** Dials that begin from now on use that one. */
    public void resolver(Resolver changed) {
        Resolver before = resolver;
        resolver = changed;
        before.close();
    }

    public void close() {
        resolver.close();
    }
}
