package io.hotpool.server.config;

import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolConfig.Health.ForHost;
import io.hotpool.server.config.HotpoolConfig.Admin;
import io.hotpool.server.config.HotpoolConfig.Alerts;
import io.hotpool.server.config.HotpoolConfig.Ca;
import io.hotpool.server.config.HotpoolConfig.Fingerprint;
import io.hotpool.server.config.HotpoolConfig.Headers;
import io.hotpool.server.config.HotpoolConfig.Limits;
import io.hotpool.server.config.HotpoolConfig.Log;
import io.hotpool.server.config.HotpoolConfig.Metrics;
import io.hotpool.server.config.HotpoolConfig.Proxy;
import io.hotpool.server.config.HotpoolConfig.Rule;
import io.hotpool.server.config.HotpoolConfig.Tls;
import io.hotpool.server.config.HotpoolConfig.Upstream;
import java.util.List;
import java.util.Set;

/** Values by key become the records that the daemon works with. */
final class Binder {
    private Binder() {}

    static HotpoolConfig bind(Values values) {
        return new HotpoolConfig(
                proxy(values),
                admin(values),
                new Ca(values.get(Keys.CA_DIR), values.get(Keys.CA_LEAF_LIFETIME), values.get(Keys.CA_LEAF_CACHE)),
                pool(values),
                new Fingerprint(
                        values.get(Keys.PROFILE), values.get(Keys.PROFILE_DIR).orElse(null), values.get(Keys.MIRROR)),
                new Headers(values.get(Keys.HEADER_MODE)),
                new Upstream(values.get(Keys.UPSTREAM_PROXY)),
                new Tls(values.get(Keys.TLS_VERIFY), values.get(Keys.TLS_INSECURE)),
                new Limits(values.get(Keys.LIMIT_CLIENT), values.get(Keys.LIMIT_USER), values.get(Keys.LIMIT_HOST)),
                values.get(Keys.RULES),
                values.get(Keys.PREWARM),
                new Alerts(
                        values.get(Keys.ALERT_SUCCESS),
                        values.get(Keys.ALERT_RESPONSE),
                        values.get(Keys.ALERT_HEALTHY),
                        values.get(Keys.ALERT_REUSE),
                        values.get(Keys.ALERT_INTERVAL)),
                new Log(
                        values.get(Keys.LOG_LEVEL),
                        values.get(Keys.LOG_FORMAT),
                        values.get(Keys.ACCESS_LOG).orElse(null)),
                new Metrics(values.get(Keys.HOST_LABELS)));
    }

    private static Proxy proxy(Values values) {
        return new Proxy(
                values.get(Keys.PROXY_LISTEN),
                values.get(Keys.PROXY_USERS),
                values.get(Keys.PROXY_ALLOW_CLIENTS),
                values.get(Keys.PROXY_CHALLENGE),
                Set.copyOf(values.get(Keys.PROXY_DIRECTIVES)),
                values.get(Keys.PROXY_MAX_CLIENTS),
                values.get(Keys.PROXY_CLIENT_IDLE),
                values.get(Keys.PROXY_HEADER_TIMEOUT),
                values.get(Keys.PROXY_MAX_LINE),
                values.get(Keys.PROXY_MAX_HEADER),
                values.get(Keys.PROXY_DRAIN_DELAY),
                values.get(Keys.PROXY_DRAIN),
                values.get(Keys.PROXY_PLAIN_HTTP),
                values.get(Keys.PROXY_PRIVATE),
                Set.copyOf(values.get(Keys.PROXY_PORTS)));
    }

    private static Admin admin(Values values) {
        return new Admin(
                values.get(Keys.ADMIN_LISTEN),
                values.get(Keys.ADMIN_TOKEN).orElse(null),
                values.get(Keys.ADMIN_ALLOW_CLIENTS),
                Set.copyOf(values.get(Keys.ADMIN_HOSTS)));
    }

    private static PoolConfig pool(Values values) {
        return PoolConfig.DEFAULTS.with(pool -> {
            pool.maxConnections = values.get(Keys.POOL_MAX);
            pool.maxConnsPerHost = values.get(Keys.POOL_PER_HOST);
            pool.maxIdleConns = values.get(Keys.POOL_MAX_IDLE);
            pool.connTimeout = values.get(Keys.POOL_CONN_TIMEOUT);
            pool.idleTimeout = values.get(Keys.POOL_IDLE_TIMEOUT);
            pool.maxLifetime = values.get(Keys.POOL_MAX_LIFETIME);
            pool.testTimeout = values.get(Keys.POOL_TEST_TIMEOUT);
            pool.healthCheckInterval = values.get(Keys.POOL_HEALTH);
            pool.cleanupInterval = values.get(Keys.POOL_CLEANUP);
            pool.blacklistCheckInterval = values.get(Keys.POOL_BLACKLIST);
            pool.dnsUpdateInterval = values.get(Keys.POOL_DNS_UPDATE);
            pool.maxRetries = values.get(Keys.POOL_RETRIES);
            pool.acquireTimeout = values.get(Keys.POOL_ACQUIRE);
            pool.maxPending = values.get(Keys.POOL_PENDING);
            pool.minHot = values.get(Keys.POOL_MIN_HOT);
            pool.resumeSessions = values.get(Keys.POOL_RESUME);
            pool.autoTune = values.get(Keys.POOL_AUTO_TUNE);
            pool.responseHeaderTimeout = values.get(Keys.POOL_RESPONSE);
            pool.bodyIdleTimeout = values.get(Keys.POOL_BODY_IDLE);
            pool.retryBudget = values.get(Keys.POOL_RETRY_BUDGET);
            pool.health = new PoolConfig.Health(
                    values.get(Keys.HEALTH_METHOD),
                    values.get(Keys.HEALTH_PATH),
                    values.get(Keys.HEALTH_EXPECT),
                    healthOfHosts(values.get(Keys.RULES)));
            pool.dns = new PoolConfig.Dns(
                    values.get(Keys.DNS_SERVERS),
                    values.get(Keys.DNS_HOSTS),
                    values.get(Keys.DNS_MIN_TTL),
                    values.get(Keys.DNS_MAX_TTL));
            pool.access = new PoolConfig.Access(
                    values.get(Keys.WHITELIST),
                    values.get(Keys.BLACKLIST),
                    values.get(Keys.ACCESS_UNKNOWN),
                    values.get(Keys.ACCESS_WHITELIST_TTL),
                    values.get(Keys.ACCESS_BLACKLIST_TTL),
                    values.get(Keys.ACCESS_EJECTED),
                    values.get(Keys.ACCESS_FILE).orElse(null));
            pool.circuit = new PoolConfig.Circuit(values.get(Keys.CIRCUIT_FAILURES), values.get(Keys.CIRCUIT_OPEN_FOR));
            pool.sources = new PoolConfig.Sources(
                    values.get(Keys.UPSTREAM_LOCAL),
                    values.get(Keys.UPSTREAM_SUBNET).orElse(null));
            pool.tls = new PoolConfig.Tls(
                    values.get(Keys.TLS_EXTRA_CA), values.get(Keys.TLS_KEY_LOG).orElse(null));
        });
    }

    /** The first rule that names a host counts, also when it says nothing of health. */
    private static List<ForHost> healthOfHosts(List<Rule> rules) {
        return rules.stream()
                .map(rule -> new ForHost(rule.host(), rule.health(), rule.expect() == null ? List.of() : rule.expect()))
                .toList();
    }
}
