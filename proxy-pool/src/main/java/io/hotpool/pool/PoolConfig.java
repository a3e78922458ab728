package io.hotpool.pool;

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
        Dns dns,
        Tls tls) {

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

    public static final PoolConfig DEFAULTS = new Builder().build();

    public PoolConfig {
        atLeast("max_connections", maxConnections, 1);
        atLeast("max_conns_per_host", maxConnsPerHost, 1);
        atLeast("max_idle_conns", maxIdleConns, 0);
        atLeast("max_retries", maxRetries, 0);
        atLeast("max_pending", maxPending, 0);
        atLeast("min_hot", minHot, 0);
        positive("conn_timeout", connTimeout);
        positive("idle_timeout", idleTimeout);
        positive("max_lifetime", maxLifetime);
        positive("test_timeout", testTimeout);
        positive("health_check_interval", healthCheckInterval);
        positive("cleanup_interval", cleanupInterval);
        positive("blacklist_check_interval", blacklistCheckInterval);
        positive("dns_update_interval", dnsUpdateInterval);
        positive("acquire_timeout", acquireTimeout);
        positive("response_header_timeout", responseHeaderTimeout);
        positive("body_idle_timeout", bodyIdleTimeout);
        if (!(retryBudget >= 0 && retryBudget <= 1)) {
            throw new IllegalArgumentException("retry_budget: " + retryBudget + " (0.0 to 1.0)");
        }
        Objects.requireNonNull(dns);
        Objects.requireNonNull(tls);
    }

    private static void atLeast(String key, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(key + ": " + value + " (at least " + least + ")");
        }
    }

    private static void positive(String key, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(key + ": " + value + " (more than 0)");
        }
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
        public Dns dns = Dns.DEFAULTS;
        public Tls tls = Tls.DEFAULTS;

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
            dns = from.dns;
            tls = from.tls;
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
                    dns,
                    tls);
        }
    }
}
