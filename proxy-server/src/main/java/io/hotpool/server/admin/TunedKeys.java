package io.hotpool.server.admin;

import io.hotpool.pool.PoolConfig;
import io.hotpool.server.config.Durations;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Which keys have another value in force than the configuration gives them, for the load calls for it. */
final class TunedKeys {
    private static final Map<String, Function<PoolConfig, Object>> LIMITS = new LinkedHashMap<>();

    static {
        LIMITS.put("pool.max_connections", PoolConfig::maxConnections);
        LIMITS.put("pool.max_conns_per_host", PoolConfig::maxConnsPerHost);
        LIMITS.put("pool.max_idle_conns", PoolConfig::maxIdleConns);
        LIMITS.put("pool.conn_timeout", PoolConfig::connTimeout);
        LIMITS.put("pool.idle_timeout", PoolConfig::idleTimeout);
        LIMITS.put("pool.max_lifetime", PoolConfig::maxLifetime);
        LIMITS.put("pool.test_timeout", PoolConfig::testTimeout);
        LIMITS.put("pool.health_check_interval", PoolConfig::healthCheckInterval);
        LIMITS.put("pool.cleanup_interval", PoolConfig::cleanupInterval);
    }

    private TunedKeys() {}

    /** Key to its value in force, as TOML. */
    static Map<String, String> of(PoolConfig configured, PoolConfig inForce) {
        Map<String, String> tuned = new LinkedHashMap<>();
        LIMITS.forEach((key, limit) -> {
            Object value = limit.apply(inForce);
            if (!value.equals(limit.apply(configured))) {
                tuned.put(key, value instanceof Duration d ? '"' + Durations.text(d) + '"' : value.toString());
            }
        });
        return tuned;
    }
}
