package io.hotpool.pool;

import io.hotpool.pool.address.AddressBlock;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set about a pool. Immutable; {@link #with} makes a changed copy. Component names are the keys of
 * the configuration file's {@code [pool]} table in Java spelling. Durations are positive.
 *
 * @param maxConnections whole pool, over all hosts
 * @param maxConnsPerHost per scheme, host and port, over all profiles, sessions and egresses
 * @param maxIdleConns whole pool, least recently used closed first
 * @param connTimeout DNS, TCP and TLS together
 * @param maxLifetime of a connection, shortened by up to a tenth so that they do not all end at once
 * @param maxRetries further attempts after the first
 * @param acquireTimeout longest wait in the queue for a connection
 * @param maxPending longest queue per host
 * @param minHot connections kept open per host while it is in use
 * @param bodyIdleTimeout longest pause inside a body; text/event-stream, WebSocket and tunnels have none
 * @param retryBudget share of requests that may be retries
 */
public record PoolConfig(
        int maxConnections,
        int maxConnsPerHost,
        int maxIdleConns,
        Duration connTimeout,
        Duration idleTimeout,
        Duration maxLifetime,
        Duration testTimeout,
        Duration healthCheckInterval,
        Duration cleanupInterval,
        Duration blacklistCheckInterval,
        Duration dnsUpdateInterval,
        int maxRetries,
        Duration acquireTimeout,
        int maxPending,
        int minHot,
        boolean resumeSessions,
        boolean autoTune,
        Duration responseHeaderTimeout,
        Duration bodyIdleTimeout,
        double retryBudget,
        Health health,
        Dns dns,
        Tls tls,
        Access access,
        Circuit circuit,
        Sources sources) {

    /**
     * Our own addresses that connections leave from; none: the system chooses.
     *
     * @param addresses taken in turns; a session keeps one
     * @param ipv6Subnet any address of it, for IPv6; a session keeps one; null: none
     */
    public record Sources(
            List<InetAddress> addresses, @Nullable AddressBlock ipv6Subnet) {
        public static final Sources DEFAULTS = new Sources(List.of(), null);

        public Sources {
            addresses = List.copyOf(addresses);
            if (ipv6Subnet != null && ipv6Subnet.network().getAddress().length != 16) {
                throw new IllegalArgumentException("upstream.ipv6_subnet: " + ipv6Subnet + " (an IPv6 subnet)");
            }
        }

        /** Do they say from where connections to that address leave? A subnet alone says nothing of IPv4. */
        public boolean concern(InetAddress destination) {
            return !addresses.isEmpty() || ipv6Subnet != null && destination.getAddress().length == 16;
        }

        /** May a connection leave from there? */
        public boolean permit(InetAddress local) {
            return !concern(local) || addresses.contains(local) || ipv6Subnet != null && ipv6Subnet.contains(local);
        }
    }

    /**
     * @param servers resolvers, {@code ip} or {@code ip:port}; empty: the system's
     * @param hosts names that are not asked for: lower case name to its addresses
     * @param minTtl least time an answer is kept
     */
    public record Dns(List<String> servers, Map<String, List<InetAddress>> hosts, Duration minTtl, Duration maxTtl) {
        public static final Dns DEFAULTS = new Dns(List.of(), Map.of(), Duration.ofSeconds(5), Duration.ofHours(1));
    }

    /**
     * @param extraCaFiles PEM files that are trusted beside the JDK's and the system's roots
     * @param keyLogFile NSS key log for debugging, null: none
     */
    public record Tls(List<Path> extraCaFiles, @Nullable Path keyLogFile) {
        public static final Tls DEFAULTS = new Tls(List.of(), null);
    }

    /**
     * Which addresses may be used. What is listed here rules over what is learned.
     *
     * @param unknown what becomes of addresses that are on no list
     * @param whitelistTtl how long one answer keeps a learned address on the white list
     * @param blacklistTtl length of a first learned denial; each one that follows is twice as long, up to twelve times this
     * @param maxEjectedPercent of a host's addresses that may be denied by learning; never all
     * @param stateFile what is learned is kept there; null: nowhere
     */
    public record Access(
            List<AddressBlock> whitelist,
            List<AddressBlock> blacklist,
            Unknown unknown,
            Duration whitelistTtl,
            Duration blacklistTtl,
            int maxEjectedPercent,
            @Nullable Path stateFile) {
        public static final Access DEFAULTS =
                new Access(List.of(), List.of(), Unknown.TEST, Duration.ofHours(1), Duration.ofMinutes(5), 50, null);

        public enum Unknown {
            /** One connection at a time, until it has answered; many where no address is known to be good. */
            TEST,
            ALLOW,
            DENY
        }

        public Access {
            Bounds.positive("access.whitelist_ttl", whitelistTtl);
            Bounds.positive("access.blacklist_ttl", blacklistTtl);
            if (maxEjectedPercent < 0 || maxEjectedPercent > 100) {
                throw new IllegalArgumentException("access.max_ejected_percent: " + maxEjectedPercent + " (0 to 100)");
            }
        }
    }

    /**
     * When a host is left alone.
     *
     * @param failures dials in a row that reached no address of it; 0: never
     * @param openFor how long it is left alone then, before one dial may find out
     */
    public record Circuit(int failures, Duration openFor) {
        public static final Circuit DEFAULTS = new Circuit(5, Duration.ofSeconds(10));

        public Circuit {
            Bounds.atLeast("circuit.failures", failures, 0);
            Bounds.positive("circuit.open_for", openFor);
        }
    }

    /**
     * The request that asks an HTTP/1.1 connection whether it is alive; HTTP/2 has PING.
     *
     * @param method HEAD or GET
     * @param path origin-form
     * @param expect {@code any}, {@code 204}, {@code 2xx}: at least one; any answer is one of a live connection, others make
     *     it stricter
     * @param hosts what is different for some; the first that matches counts
     */
    public record Health(String method, String path, List<String> expect, List<ForHost> hosts) {
        public static final Health DEFAULTS = new Health("HEAD", "/", List.of("any"), List.of());

        /** @param host a name, {@code *.} and a name, or {@code *} */
        public record ForHost(String host, @Nullable String path, List<String> expect) {
            public ForHost {
                expect = List.copyOf(expect); // empty: as for the others
            }

            boolean matches(String name) {
                return host.equals("*")
                        || (host.startsWith("*.") ? name.endsWith(host.substring(1)) : name.equals(host));
            }
        }

        public Health(String method, String path, List<String> expect) {
            this(method, path, expect, List.of());
        }

        /** The request that asks a connection to that host. */
        public Health of(String host) {
            for (ForHost own : hosts) {
                if (own.matches(host)) {
                    return new Health(
                            method,
                            own.path() == null ? path : own.path(),
                            own.expect().isEmpty() ? expect : own.expect());
                }
            }
            return this;
        }

        public Health withPath(String other) {
            return new Health(method, other, expect);
        }

        public Health withExpect(List<String> other) {
            return new Health(method, path, other);
        }

        public Health {
            if (!method.equals("HEAD") && !method.equals("GET")) {
                throw new IllegalArgumentException("health.method: " + method + " (HEAD or GET)");
            }
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("health.path: " + path + " (begins with /)");
            }
            expect = List.copyOf(expect);
            hosts = List.copyOf(hosts);
            if (expect.isEmpty() || !expect.stream().allMatch(Health::expectation)) {
                throw new IllegalArgumentException("health.expect: " + expect + " (any, 2xx, 204)");
            }
        }

        /** Is that a word of {@code expect}? */
        public static boolean expectation(String word) {
            return word.matches("any|[1-5]xx|[1-5][0-9][0-9]");
        }

        public boolean expects(int status) {
            String text = Integer.toString(status);
            return expect.stream().anyMatch(e -> e.equals("any") || e.equals(text) || e.equals(text.charAt(0) + "xx"));
        }
    }

    public static final PoolConfig DEFAULTS = new Builder().build();

    public PoolConfig {
        Bounds.atLeast("max_connections", maxConnections, 1);
        Bounds.atLeast("max_conns_per_host", maxConnsPerHost, 1);
        Bounds.atLeast("max_idle_conns", maxIdleConns, 0);
        Bounds.atLeast("max_retries", maxRetries, 0);
        Bounds.atLeast("max_pending", maxPending, 0);
        Bounds.atLeast("min_hot", minHot, 0);
        Bounds.positive("conn_timeout", connTimeout);
        Bounds.positive("idle_timeout", idleTimeout);
        Bounds.positive("max_lifetime", maxLifetime);
        Bounds.positive("test_timeout", testTimeout);
        Bounds.positive("health_check_interval", healthCheckInterval);
        Bounds.positive("cleanup_interval", cleanupInterval);
        Bounds.positive("blacklist_check_interval", blacklistCheckInterval);
        Bounds.positive("dns_update_interval", dnsUpdateInterval);
        Bounds.positive("acquire_timeout", acquireTimeout);
        Bounds.positive("response_header_timeout", responseHeaderTimeout);
        Bounds.positive("body_idle_timeout", bodyIdleTimeout);
        if (!(retryBudget >= 0 && retryBudget <= 1)) {
            throw new IllegalArgumentException("retry_budget: " + retryBudget + " (0.0 to 1.0)");
        }
        Objects.requireNonNull(health);
        Objects.requireNonNull(dns);
        Objects.requireNonNull(tls);
        Objects.requireNonNull(access);
        Objects.requireNonNull(circuit);
        Objects.requireNonNull(sources);
    }

    /** A copy with some values changed: {@code config.with(b -> b.maxConnections = 50)}. */
    public PoolConfig with(Consumer<Builder> change) {
        Builder builder = new Builder(this);
        change.accept(builder);
        return builder.build();
    }

    /** Mutable twin of {@link PoolConfig}, for {@link #with} only. Starts with the defaults. */
    public static final class Builder {
        public int maxConnections = 100;
        public int maxConnsPerHost = 10;
        public int maxIdleConns = 20;
        public Duration connTimeout = Duration.ofSeconds(30);
        public Duration idleTimeout = Duration.ofSeconds(60);
        public Duration maxLifetime = Duration.ofSeconds(300);
        public Duration testTimeout = Duration.ofSeconds(10);
        public Duration healthCheckInterval = Duration.ofSeconds(30);
        public Duration cleanupInterval = Duration.ofSeconds(60);
        public Duration blacklistCheckInterval = Duration.ofSeconds(300);
        public Duration dnsUpdateInterval = Duration.ofSeconds(1800);
        public int maxRetries = 3;
        public Duration acquireTimeout = Duration.ofSeconds(30);
        public int maxPending = 1000;
        public int minHot = 0;
        public boolean resumeSessions = true;
        public boolean autoTune = false;
        public Duration responseHeaderTimeout = Duration.ofSeconds(60);
        public Duration bodyIdleTimeout = Duration.ofMinutes(5);
        public double retryBudget = 0.2;
        public Health health = Health.DEFAULTS;
        public Dns dns = Dns.DEFAULTS;
        public Tls tls = Tls.DEFAULTS;
        public Access access = Access.DEFAULTS;
        public Circuit circuit = Circuit.DEFAULTS;
        public Sources sources = Sources.DEFAULTS;

        public Builder() {}

        private Builder(PoolConfig from) {
            maxConnections = from.maxConnections;
            maxConnsPerHost = from.maxConnsPerHost;
            maxIdleConns = from.maxIdleConns;
            connTimeout = from.connTimeout;
            idleTimeout = from.idleTimeout;
            maxLifetime = from.maxLifetime;
            testTimeout = from.testTimeout;
            healthCheckInterval = from.healthCheckInterval;
            cleanupInterval = from.cleanupInterval;
            blacklistCheckInterval = from.blacklistCheckInterval;
            dnsUpdateInterval = from.dnsUpdateInterval;
            maxRetries = from.maxRetries;
            acquireTimeout = from.acquireTimeout;
            maxPending = from.maxPending;
            minHot = from.minHot;
            resumeSessions = from.resumeSessions;
            autoTune = from.autoTune;
            responseHeaderTimeout = from.responseHeaderTimeout;
            bodyIdleTimeout = from.bodyIdleTimeout;
            retryBudget = from.retryBudget;
            health = from.health;
            dns = from.dns;
            tls = from.tls;
            access = from.access;
            circuit = from.circuit;
            sources = from.sources;
        }

        public PoolConfig build() {
            return new PoolConfig(
                    maxConnections,
                    maxConnsPerHost,
                    maxIdleConns,
                    connTimeout,
                    idleTimeout,
                    maxLifetime,
                    testTimeout,
                    healthCheckInterval,
                    cleanupInterval,
                    blacklistCheckInterval,
                    dnsUpdateInterval,
                    maxRetries,
                    acquireTimeout,
                    maxPending,
                    minHot,
                    resumeSessions,
                    autoTune,
                    responseHeaderTimeout,
                    bodyIdleTimeout,
                    retryBudget,
                    health,
                    dns,
                    tls,
                    access,
                    circuit,
                    sources);
        }
    }
}
