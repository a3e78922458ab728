package io.hotpool.server.config;

import io.hotpool.pool.ClientCertificate;
import io.hotpool.pool.Egress;
import io.hotpool.pool.ExchangeOptions.HeaderMode;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.UpstreamProxy;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The effective configuration of a daemon: one immutable snapshot, replaced whole at a reload. */
public record HotpoolConfig(
        Proxy proxy,
        Admin admin,
        Ca ca,
        PoolConfig pool,
        Fingerprint fingerprint,
        Headers headers,
        Upstream upstream,
        Tls tls,
        Limits limits,
        List<Rule> rules,
        List<Warm> prewarm,
        Alerts alerts,
        Log log,
        Metrics metrics) {

    /** The way out for the hosts of that rule. */
    public Egress egress(@Nullable Rule rule) {
        return rule != null && rule.upstream() != null ? rule.upstream() : upstream.proxy();
    }

    /** What origins that ask for a certificate are shown for the hosts of that rule; null: none. */
    public static @Nullable ClientCertificate certificate(@Nullable Rule rule) {
        return rule == null || rule.clientCertificate() == null
                ? null
                : rule.clientCertificate().certificate();
    }

    /** Does the owner's configuration name that proxy, with the same credentials? */
    public boolean names(UpstreamProxy proxy) {
        return proxy.equals(upstream.proxy().proxy())
                || rules.stream()
                        .anyMatch(rule -> rule.upstream() != null
                                && proxy.equals(rule.upstream().proxy()));
    }

    /**
     * @param listen restart needed
     * @param allowClients CIDR blocks that may use the proxy; empty: every client that can reach it
     * @param challenge answer 407 even without users
     * @param directives names that clients may use, without the {@code X-Hotpool-} prefix, lower case; empty: none
     * @param allowPrivateTargets may private addresses be dialled
     * @param forbiddenPorts refused before DNS
     */
    public record Proxy(
            List<InetSocketAddress> listen,
            List<User> users,
            List<Cidr> allowClients,
            boolean challenge,
            Set<String> directives,
            int maxClients,
            Duration clientIdleTimeout,
            Duration headerTimeout,
            int maxRequestLine,
            int maxHeaderSize,
            Duration drainDelay,
            Duration drainTimeout,
            PlainHttp plainHttp,
            PrivateTargets allowPrivateTargets,
            Set<Integer> forbiddenPorts) {}

    /** @param passwordHash as written by {@code hotpool passwd} @param limits null: those of every user */
    public record User(
            String name,
            String passwordHash,
            @Nullable String profile,
            @Nullable Limit limits) {}

    /** When does a request for port 80 of a public name leave in the clear? */
    public enum PlainHttp {
        /** When TLS cannot be had. */
        HTTPS_FIRST,
        NEVER,
        ALWAYS
    }

    public enum PrivateTargets {
        /** Yes on a loopback bind, no on a wide one. */
        AUTO,
        TRUE,
        FALSE
    }

    public record Admin(
            List<InetSocketAddress> listen, @Nullable String token, List<Cidr> allowClients, Set<String> hosts) {}

    public record Ca(Path dir, Duration leafLifetime, int leafCache) {}

    /**
     * @param profile default profile
     * @param profileDir the user's own profile files, null: none
     * @param mirror intercepted connections take the shape of the client's own
     */
    public record Fingerprint(String profile, @Nullable Path profileDir, boolean mirror) {}

    public record Headers(HeaderMode mode) {}

    /** @param proxy for hosts whose rule says nothing else */
    public record Upstream(Egress proxy) {}

    /** @param insecureHosts exceptions from verification, patterns as in rules */
    public record Tls(boolean verify, List<String> insecureHosts) {}

    /**
     * First match wins; a null component leaves the matter to what comes after.
     *
     * @param host {@code example.com}, {@code *.example.com} (any depth, not the name itself) or {@code *}
     */
    public record Rule(
            String host,
            @Nullable String profile,
            @Nullable String scheme,
            @Nullable HeaderMode headers,
            @Nullable String protocol,
            @Nullable Boolean tunnel,
            @Nullable Boolean verify,
            @Nullable Duration timeout,
            @Nullable String health,
            @Nullable List<String> expect,
            @Nullable Limit limits,
            @Nullable Egress upstream,
            @Nullable ClientFiles clientCertificate) {

        public boolean matches(String name) {
            if (host.equals("*")) {
                return true;
            }
            return host.startsWith("*.") ? name.endsWith(host.substring(1)) : name.equals(host);
        }
    }

    /** A client certificate and the files that it was read from. */
    public record ClientFiles(Path cert, Path key, ClientCertificate certificate) {}

    /** Connections to have ready at the start. @param profile null: the default one @param port 0: the scheme's own */
    public record Warm(
            String host,
            int port,
            String scheme,
            int count,
            @Nullable String profile,
            String session) {}

    /**
     * When an operator is told.
     *
     * @param successRate least share of requests that are answered; 0: whatever it is
     * @param meanResponse longest mean time to the response head; 0: whatever it is
     * @param healthyRatio least share of connections that take requests; 0: whatever it is
     * @param reuseRate least share of requests that find a connection ready; 0: whatever it is
     * @param interval between looks
     */
    public record Alerts(
            double successRate, Duration meanResponse, double healthyRatio, double reuseRate, Duration interval) {}

    /** What each client, each user and each host may have. */
    public record Limits(Limit client, Limit user, Limit host) {}

    /** @param accessLog {@code -}: the standard output; null: none */
    public record Log(Level level, Format format, @Nullable Path accessLog) {
        public enum Level {
            ERROR,
            WARN,
            INFO,
            DEBUG,
            TRACE
        }

        public enum Format {
            TEXT,
            JSON
        }
    }

    public record Metrics(int hostLabels) {}
}
