package io.hotpool.server.frontend;

import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.limit.Limiter.Permit;
import io.hotpool.server.route.HostPort;
import io.hotpool.server.route.Router;
import io.hotpool.server.tunnel.Tunnel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An opaque tunnel as an exchange: dialled once, joined once, ended once. Confined to the client's loop. */
final class TunnelEntry {
    private final ClientConnection client;
    private final @Nullable Origin target;
    private final @Nullable ExchangeOptions options;
    private final String user;
    private final long id;
    private final long started = System.nanoTime();
    private Permit permit = Permit.FREE;
    private int status;
    private boolean counted;
    private boolean ended;
    private @Nullable Tunnel tunnel;

    private TunnelEntry(
            ClientConnection client, @Nullable Origin target, @Nullable ExchangeOptions options, String user) {
        this.client = client;
        this.target = target;
        this.options = options;
        this.user = user;
        this.id = client.context().exchangeIds.incrementAndGet();
    }

    /** @throws Fault when the directives cannot be met */
    static TunnelEntry of(ClientConnection client, ConnectScope scope) {
        boolean match = "match".equalsIgnoreCase(scope.directives().profile());
        ConnectScope plain = match ? scope.withDirectives(io.hotpool.server.route.Directives.NONE) : scope;
        Router router = client.context().router();
        ExchangeOptions options = RequestPlan.tunnelOptions(
                new RequestPlan.Ground(
                        plain,
                        Admission.ANONYMOUS,
                        router,
                        client.frontend().profiles().apply(router.config()),
                        client.context().mirror,
                        client.id(),
                        null),
                plain);
        HostPort to = scope.target();
        return new TunnelEntry(client, new Origin("tcp", to.host(), to.port()), options, scope.user());
    }

    /** A CONNECT that leads nowhere. */
    static TunnelEntry refused(ClientConnection client, ClientRequest request) {
        return new TunnelEntry(client, null, null, "");
    }

    /** @throws Fault when a limit has no room for it */
    void admit() {
        if (target != null) {
            permit = client.context().limits.admit(client, user, target.host());
        }
    }

    Future<Channel> dial(ClientConnection client) {
        count();
        return dialAhead(client);
    }

    /** The same for a tunnel that may not be wanted: it counts from {@link #join} on. */
    Future<Channel> dialAhead(ClientConnection client) {
        assert target != null && options != null;
        return client.frontend().pool().dial(target, options, client.loop());
    }

    /** Replaces the handler in charge by the two halves of a tunnel. */
    void join(ChannelHandler inCharge, ChannelHandlerContext ctx, Channel origin, ByteBuf early) {
        count();
        status = 200;
        HotpoolConfig limits = client.context().config();
        tunnel = Tunnel.join(
                ctx.pipeline(),
                inCharge,
                origin,
                early,
                uptake("client", FaultKind.CLIENT_GONE, limits.proxy().clientIdleTimeout()),
                uptake("origin", FaultKind.BODY_TIMEOUT, limits.pool().bodyIdleTimeout()),
                () -> ended(null));
    }

    /** The tunnel may be silent for as long as it likes; a side for which bytes wait may not. */
    private Uptake uptake(String side, FaultKind kind, Duration patience) {
        return new Uptake(client.loop(), patience, () -> {
            ended(Fault.of(kind, "the " + side + " took nothing of what the tunnel had for it for " + patience));
            if (tunnel != null) {
                tunnel.reset();
            }
        });
    }

    void answered(int status) {
        this.status = status;
    }

    void ended(@Nullable Fault fault) {
        if (ended) {
            return;
        }
        count();
        ended = true;
        permit.release();
        client.context().clients.exchangeEnded();
        client.frontend()
                .observer()
                .exchangeEnded(new ExchangeObserver.Ended(
                        id,
                        client.remote(),
                        "tunnel",
                        "CONNECT",
                        target,
                        "",
                        ClientRequest.HTTP_1_1,
                        status,
                        tunnel == null ? 0 : tunnel.bytesIn(),
                        tunnel == null ? 0 : tunnel.bytesOut(),
                        options == null ? "" : options.profile().name(),
                        user.isEmpty() ? null : user,
                        null,
                        null,
                        System.nanoTime() - started,
                        fault == null ? null : fault.kind(),
                        fault == null ? "" : fault.detail()));
    }

    private void count() {
        if (!counted) {
            counted = true;
            client.frontend().observer().exchangeStarted();
            client.context().clients.exchangeStarted();
        }
    }
}
