package io.hotpool.pool;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** A set of limits for a load; {@link #MEDIUM} are the defaults. */
public enum Tier {
    /** 1 to 10 requests a second. */
    LOW(10, 50, 5, 10, 20, 60, 300, 5, 30, 60),
    /** 10 to 100. */
    MEDIUM(100, 100, 10, 20, 30, 60, 300, 10, 30, 60),
    /** More. */
    HIGH(Integer.MAX_VALUE, 200, 20, 50, 15, 30, 180, 5, 15, 30);

    /** A limit that tiers differ in. */
    private record Limit<T>(
            Function<PoolConfig, T> configured, Function<Tier, T> ofTier, BiConsumer<PoolConfig.Builder, T> set) {
        void apply(Tier tier, PoolConfig config, PoolConfig.Builder builder) {
            if (configured.apply(config).equals(configured.apply(PoolConfig.DEFAULTS))) {
                set.accept(builder, ofTier.apply(tier));
            }
        }
    }

    private static final List<Limit<?>> LIMITS = List.of(
            new Limit<>(PoolConfig::maxConnections, t -> t.maxConnections, (b, v) -> b.maxConnections = v),
            new Limit<>(PoolConfig::maxConnsPerHost, t -> t.maxConnsPerHost, (b, v) -> b.maxConnsPerHost = v),
            new Limit<>(PoolConfig::maxIdleConns, t -> t.maxIdleConns, (b, v) -> b.maxIdleConns = v),
            new Limit<>(PoolConfig::connTimeout, t -> t.connTimeout, (b, v) -> b.connTimeout = v),
            new Limit<>(PoolConfig::idleTimeout, t -> t.idleTimeout, (b, v) -> b.idleTimeout = v),
            new Limit<>(PoolConfig::maxLifetime, t -> t.maxLifetime, (b, v) -> b.maxLifetime = v),
            new Limit<>(PoolConfig::testTimeout, t -> t.testTimeout, (b, v) -> b.testTimeout = v),
            new Limit<>(
                    PoolConfig::healthCheckInterval, t -> t.healthCheckInterval, (b, v) -> b.healthCheckInterval = v),
            new Limit<>(PoolConfig::cleanupInterval, t -> t.cleanupInterval, (b, v) -> b.cleanupInterval = v));

    private final int mostRequests; // a second
    private final int maxConnections;
    private final int maxConnsPerHost;
    private final int maxIdleConns;
    private final Duration connTimeout;
    private final Duration idleTimeout;
    private final Duration maxLifetime;
    private final Duration testTimeout;
    private final Duration healthCheckInterval;
    private final Duration cleanupInterval;

    Tier(
            int mostRequests,
            int maxConnections,
            int maxConnsPerHost,
            int maxIdleConns,
            int connSeconds,
            int idleSeconds,
            int lifeSeconds,
            int testSeconds,
            int healthSeconds,
            int cleanupSeconds) {
        this.mostRequests = mostRequests;
        this.maxConnections = maxConnections;
        this.maxConnsPerHost = maxConnsPerHost;
        this.maxIdleConns = maxIdleConns;
        this.connTimeout = Duration.ofSeconds(connSeconds);
        this.idleTimeout = Duration.ofSeconds(idleSeconds);
        this.maxLifetime = Duration.ofSeconds(lifeSeconds);
        this.testTimeout = Duration.ofSeconds(testSeconds);
        this.healthCheckInterval = Duration.ofSeconds(healthSeconds);
        this.cleanupInterval = Duration.ofSeconds(cleanupSeconds);
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Requests a second that it is meant for. */
    public int mostRequests() {
        return mostRequests;
    }

    public int maxConnections() {
        return maxConnections;
    }

    /** Its limits in the place of those that are at their defaults; what was set otherwise stays as it was set. */
    public PoolConfig over(PoolConfig configured) {
        return configured.with(builder -> LIMITS.forEach(limit -> limit.apply(this, configured, builder)));
    }
}
