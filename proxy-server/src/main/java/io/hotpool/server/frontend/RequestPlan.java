package io.hotpool.server.frontend;

import io.hotpool.pool.Downstream;
import io.hotpool.pool.Egress;
import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.ExchangeOptions.HeaderMode;
import io.hotpool.pool.ExchangeOptions.Validation;
import io.hotpool.pool.UpstreamProxy;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.pool.profile.RequestClassifier;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.config.HotpoolConfig.PlainHttp;
import io.hotpool.server.config.HotpoolConfig.Rule;
import io.hotpool.server.route.DirectiveReader;
import io.hotpool.server.route.Directives;
import io.hotpool.server.route.HostPort;
import io.hotpool.server.route.RequestTarget;
import io.hotpool.server.route.Router;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a request will be carried: everything that follows from the request, its tunnel, its client and the configuration.
 *
 * @param asked scheme, host and port as the client named them
 * @param plainHttp what becomes of a request for {@code http}; {@code ALWAYS} for all others
 * @param builtIn answered by hotpool's own host
 * @param report the response shall tell how it was carried
 */
record RequestPlan(
        Origin asked, RequestHead head, ExchangeOptions options, PlainHttp plainHttp, boolean builtIn, boolean report) {

    /** What a plan is made from beside the request. */
    record Ground(
            @Nullable ConnectScope scope,
            Admission admission,
            Router router,
            ProfileCatalog profiles,
            Mirror mirror,
            long clientId,
            @Nullable Downstream downstream) {}

    /** @throws Fault why the request is not carried */
    static RequestPlan of(ClientRequest request, Ground ground) {
        HotpoolConfig config = ground.router().config();
        RequestTarget target = target(request, ground.scope());
        Origin asked = target.origin();
        Router.Decision decision = ground.router().request(new HostPort(asked.host(), asked.port()));
        if (decision.refusal() != null) {
            throw decision.refusal();
        }
        Directives directives = directives(request, ground, config);
        Rule rule = decision.rule();
        Origin origin = origin(asked, scheme(directives, rule));
        String upgrade = RequestFields.upgrade(request);
        HeaderList headers = RequestFields.onward(request.headers());
        RequestHead head = new RequestHead(
                request.method(),
                origin,
                origin.authority(),
                target.path(),
                headers,
                request.bodyLength(),
                RequestClassifier.classify(
                        request.method(), target.path(), headers, request.bodyLength() != 0, upgrade),
                upgrade);
        boolean builtIn = decision.action() == Router.Action.ANSWER;
        ExchangeOptions options = options(
                ground, directives, rule, origin.host(), request.headers().get("User-Agent"));
        return new RequestPlan(
                asked,
                head,
                builtIn ? options : mirrored(options, ground, directives, rule),
                plainHttp(ground, origin, scheme(directives, rule)),
                builtIn,
                Boolean.TRUE.equals(directives.report()));
    }

    /** As the client looks itself, when the configuration wants it so and nothing nearer names a profile. */
    private static ExchangeOptions mirrored(
            ExchangeOptions options, Ground ground, Directives directives, @Nullable Rule rule) {
        ClientShape client = ground.scope() == null ? null : ground.scope().hello();
        boolean named = directives.profile() != null || rule != null && rule.profile() != null;
        if (client == null || named || !ground.router().config().fingerprint().mirror()) {
            return options;
        }
        BrowserProfile mirrored = ground.mirror().profile(client, options.profile());
        if (mirrored == options.profile()) {
            return options;
        }
        if (directives.headers() == HeaderMode.ALIGN) {
            throw Fault.of(
                    FaultKind.BAD_DIRECTIVE,
                    "fingerprint.mirror shows the client as it is: its headers cannot be aligned to a browser's; name a"
                            + " profile too");
        }
        return options.withProfile(mirrored).withHeaders(HeaderMode.PRESERVE);
    }

    private static RequestTarget target(ClientRequest request, @Nullable ConnectScope scope) {
        HostPort host = RequestFields.host(request);
        if (scope == null) {
            return RequestTarget.absolute(request.method(), request.target());
        }
        if (request.connect()) {
            throw Fault.of(FaultKind.NOT_IMPLEMENTED, "CONNECT inside of a tunnel (RFC 8441 is not offered)");
        }
        Origin inside =
                new Origin(scope.scheme(), scope.target().host(), scope.target().port());
        if (!request.http2() && request.target().startsWith("http")) {
            RequestTarget whole = RequestTarget.absolute(request.method(), request.target());
            if (!whole.origin().equals(inside)) {
                throw misdirected(inside);
            }
            return whole;
        }
        if (host != null && !leadsTo(host, inside)) {
            throw misdirected(inside);
        }
        return new RequestTarget(inside, RequestTarget.path(request.method(), request.target()));
    }

    private static boolean leadsTo(HostPort host, Origin origin) {
        boolean portFits = host.port() == HostPort.NO_PORT || host.port() == origin.port();
        return portFits && host.host().equals(origin.host());
    }

    private static Fault misdirected(Origin inside) {
        return Fault.of(FaultKind.MISDIRECTED, "this tunnel leads to " + inside.authority())
                .at(inside.host(), null);
    }

    private static Directives directives(ClientRequest request, Ground ground, HotpoolConfig config) {
        Directives own =
                DirectiveReader.fromHeaders(request.headers(), config.proxy().directives());
        Directives wider = ground.scope() != null
                ? ground.scope().directives()
                : ground.admission().directives();
        return own.over(wider);
    }

    private static @Nullable String scheme(Directives directives, @Nullable Rule rule) {
        return directives.scheme() != null ? directives.scheme() : rule == null ? null : rule.scheme();
    }

    private static Origin origin(Origin asked, @Nullable String scheme) {
        if (asked.secure() || !"https".equals(scheme)) {
            return asked;
        }
        return Origin.https(asked.host(), asked.port() == 80 ? 443 : asked.port());
    }

    private static PlainHttp plainHttp(Ground ground, Origin origin, @Nullable String scheme) {
        boolean open = ground.scope() == null && !origin.secure() && scheme == null;
        return open ? ground.router().config().proxy().plainHttp() : PlainHttp.ALWAYS;
    }

    /** How an opaque tunnel is dialled. */
    static ExchangeOptions tunnelOptions(Ground ground, ConnectScope scope) {
        Rule rule = ground.router().rule(scope.target().host());
        ExchangeOptions options =
                options(ground, scope.directives(), rule, scope.target().host(), null);
        return options.withEgress(options.egress().withVia(scope.trail().via()));
    }

    /** For requests that nobody has made yet. */
    static ExchangeOptions options(Ground ground, Directives directives, String host) {
        return options(ground, directives, ground.router().rule(host), host, null);
    }

    private static ExchangeOptions options(
            Ground ground, Directives directives, @Nullable Rule rule, String host, @Nullable String userAgent) {
        HotpoolConfig config = ground.router().config();
        String session = directives.session() == null ? "" : directives.session();
        return new ExchangeOptions(
                profile(ground, directives, rule, session, userAgent),
                session,
                headers(directives, rule, config),
                protocol(directives, rule),
                address(directives, ground.scope()),
                verify(rule, config, host),
                timeout(directives, rule),
                egress(directives, rule, config),
                directives.validate() == null ? null : Validation.of(directives.validate()),
                HotpoolConfig.certificate(rule),
                ground.downstream());
    }

    private static BrowserProfile profile(
            Ground ground, Directives directives, @Nullable Rule rule, String session, @Nullable String userAgent) {
        String standard = ground.router().config().fingerprint().profile();
        String ruled = rule == null || rule.profile() == null ? standard : rule.profile();
        String name = directives.profile() == null ? ruled : directives.profile();
        return ProfileChoice.choose(ground.profiles(), name, session, ground.clientId(), userAgent);
    }

    private static HeaderMode headers(Directives directives, @Nullable Rule rule, HotpoolConfig config) {
        if (directives.headers() != null) {
            return directives.headers();
        }
        return rule != null && rule.headers() != null
                ? rule.headers()
                : config.headers().mode();
    }

    private static @Nullable Protocol protocol(Directives directives, @Nullable Rule rule) {
        if (directives.protocol() != null) {
            return directives.protocol();
        }
        return rule == null || rule.protocol() == null ? null : Protocol.ofLabel(rule.protocol());
    }

    private static @Nullable InetAddress address(Directives directives, @Nullable ConnectScope scope) {
        return directives.ip() != null ? directives.ip() : scope == null ? null : scope.address();
    }

    private static boolean verify(@Nullable Rule rule, HotpoolConfig config, String host) {
        if (rule != null && rule.verify() != null) {
            return rule.verify();
        }
        return config.tls().verify() && !insecure(config, host);
    }

    private static boolean insecure(HotpoolConfig config, String host) {
        for (String pattern : config.tls().insecureHosts()) {
            boolean matches = pattern.equals("*")
                    || (pattern.startsWith("*.") ? host.endsWith(pattern.substring(1)) : host.equals(pattern));
            if (matches) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Duration timeout(Directives directives, @Nullable Rule rule) {
        return directives.timeout() != null ? directives.timeout() : rule == null ? null : rule.timeout();
    }

    /** What a client names is as good as the configuration's when it is the same; else the policy judges it as a target. */
    private static Egress egress(Directives directives, @Nullable Rule rule, HotpoolConfig config) {
        Egress asked = directives.upstream();
        UpstreamProxy proxy = asked == null ? null : asked.proxy();
        if (asked == null) {
            return config.egress(rule);
        }
        if (proxy == null || config.names(proxy)) {
            return Egress.of(proxy);
        }
        if (config.proxy().forbiddenPorts().contains(proxy.port())) {
            throw Fault.of(
                    FaultKind.TARGET_FORBIDDEN,
                    "port " + proxy.port() + " of the upstream proxy is in proxy.forbidden_ports");
        }
        return asked;
    }

    String path() {
        int query = head.path().indexOf('?');
        return query < 0 ? head.path() : head.path().substring(0, query);
    }
}
