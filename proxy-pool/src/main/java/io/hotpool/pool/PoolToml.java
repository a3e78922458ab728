package io.hotpool.pool;

import io.hotpool.pool.PoolConfig.Access;
import io.hotpool.pool.PoolConfig.Builder;
import io.hotpool.pool.PoolConfig.Circuit;
import io.hotpool.pool.PoolConfig.Dns;
import io.hotpool.pool.PoolConfig.Health;
import io.hotpool.pool.PoolConfig.Tls;
import io.hotpool.pool.address.AddressBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * Reads a {@link PoolConfig} from the tables of a configuration file that are the pool's: {@code [pool]}, {@code [whitelist]},
 * {@code [blacklist]}, {@code [access]}, {@code [circuit]}, {@code [health]}, {@code [dns]} and {@code [tls]}, with the names
 * that the daemon's file has. Other tables are the daemon's, and left alone. Paths are
 * relative to the file.
 */
public final class PoolToml {
    private static final Map<String, BiConsumer<Draft, TomlValue>> KEYS = new LinkedHashMap<>();

    /** Of {@code [tls]}, but matters of each request: {@link ExchangeOptions#verify}. */
    private static final Set<String> OF_REQUESTS = Set.of("tls.verify", "tls.insecure_hosts");

    static {
        KEYS.put("pool.max_connections", (d, v) -> d.pool.maxConnections = v.integer());
        KEYS.put("pool.max_conns_per_host", (d, v) -> d.pool.maxConnsPerHost = v.integer());
        KEYS.put("pool.max_idle_conns", (d, v) -> d.pool.maxIdleConns = v.integer());
        KEYS.put("pool.conn_timeout", (d, v) -> d.pool.connTimeout = v.duration());
        KEYS.put("pool.idle_timeout", (d, v) -> d.pool.idleTimeout = v.duration());
        KEYS.put("pool.max_lifetime", (d, v) -> d.pool.maxLifetime = v.duration());
        KEYS.put("pool.test_timeout", (d, v) -> d.pool.testTimeout = v.duration());
        KEYS.put("pool.health_check_interval", (d, v) -> d.pool.healthCheckInterval = v.duration());
        KEYS.put("pool.cleanup_interval", (d, v) -> d.pool.cleanupInterval = v.duration());
        KEYS.put("pool.blacklist_check_interval", (d, v) -> d.pool.blacklistCheckInterval = v.duration());
        KEYS.put("pool.dns_update_interval", (d, v) -> d.pool.dnsUpdateInterval = v.duration());
        KEYS.put("pool.max_retries", (d, v) -> d.pool.maxRetries = v.integer());
        KEYS.put("pool.acquire_timeout", (d, v) -> d.pool.acquireTimeout = v.duration());
        KEYS.put("pool.max_pending", (d, v) -> d.pool.maxPending = v.integer());
        KEYS.put("pool.min_hot", (d, v) -> d.pool.minHot = v.integer());
        KEYS.put("pool.resume_sessions", (d, v) -> d.pool.resumeSessions = v.bool());
        KEYS.put("pool.auto_tune", (d, v) -> d.pool.autoTune = v.bool());
        KEYS.put("pool.response_header_timeout", (d, v) -> d.pool.responseHeaderTimeout = v.duration());
        KEYS.put("pool.body_idle_timeout", (d, v) -> d.pool.bodyIdleTimeout = v.duration());
        KEYS.put("pool.retry_budget", (d, v) -> d.pool.retryBudget = v.number());
        KEYS.put("whitelist.ips", (d, v) -> d.access.whitelist = v.blocks());
        KEYS.put("blacklist.ips", (d, v) -> d.access.blacklist = v.blocks());
        KEYS.put("access.unknown", (d, v) -> d.access.unknown = v.choice(Access.Unknown.class));
        KEYS.put("access.whitelist_ttl", (d, v) -> d.access.whitelistTtl = v.duration());
        KEYS.put("access.blacklist_ttl", (d, v) -> d.access.blacklistTtl = v.duration());
        KEYS.put("access.max_ejected_percent", (d, v) -> d.access.maxEjectedPercent = v.integer());
        KEYS.put("access.state_file", (d, v) -> d.access.stateFile = v.path());
        KEYS.put("circuit.failures", (d, v) -> d.pool.circuit = new Circuit(v.integer(), d.pool.circuit.openFor()));
        KEYS.put("circuit.open_for", (d, v) -> d.pool.circuit = new Circuit(d.pool.circuit.failures(), v.duration()));
        KEYS.put(
                "health.method",
                (d, v) -> d.pool.health =
                        new Health(v.text(), d.pool.health.path(), d.pool.health.expect(), d.pool.health.hosts()));
        KEYS.put(
                "health.path",
                (d, v) -> d.pool.health =
                        new Health(d.pool.health.method(), v.text(), d.pool.health.expect(), d.pool.health.hosts()));
        KEYS.put(
                "health.expect",
                (d, v) -> d.pool.health =
                        new Health(d.pool.health.method(), d.pool.health.path(), v.texts(), d.pool.health.hosts()));
        KEYS.put(
                "dns.servers",
                (d, v) ->
                        d.pool.dns = new Dns(v.texts(), d.pool.dns.hosts(), d.pool.dns.minTtl(), d.pool.dns.maxTtl()));
        KEYS.put(
                "dns.hosts",
                (d, v) -> d.pool.dns =
                        new Dns(d.pool.dns.servers(), v.hosts(), d.pool.dns.minTtl(), d.pool.dns.maxTtl()));
        KEYS.put(
                "dns.min_ttl",
                (d, v) -> d.pool.dns =
                        new Dns(d.pool.dns.servers(), d.pool.dns.hosts(), v.duration(), d.pool.dns.maxTtl()));
        KEYS.put(
                "dns.max_ttl",
                (d, v) -> d.pool.dns =
                        new Dns(d.pool.dns.servers(), d.pool.dns.hosts(), d.pool.dns.minTtl(), v.duration()));
        KEYS.put("tls.extra_ca_files", (d, v) -> d.pool.tls = new Tls(v.paths(), d.pool.tls.keyLogFile()));
        KEYS.put("tls.key_log_file", (d, v) -> d.pool.tls = new Tls(d.pool.tls.extraCaFiles(), v.path()));
    }

    private static final Set<String> SECTIONS =
            Set.of("pool", "whitelist", "blacklist", "access", "circuit", "health", "dns", "tls");

    private PoolToml() {}

    /** @throws IllegalArgumentException naming the line, the key and what is allowed */
    public static PoolConfig read(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        return parse(Files.readString(file), file.toString(), folder == null ? Path.of("") : folder);
    }

    /** @throws IllegalArgumentException naming the line, the key and what is allowed */
    public static PoolConfig parse(String toml) {
        return parse(toml, "line", Path.of(""));
    }

    private static PoolConfig parse(String text, String source, Path base) {
        TomlParseResult toml = Toml.parse(text);
        if (toml.hasErrors()) {
            var first = toml.errors().get(0);
            throw new IllegalArgumentException(
                    source + ":" + first.position().line() + ": not TOML: " + first.getMessage());
        }
        Draft draft = new Draft();
        for (String section : toml.keySet()) {
            if (SECTIONS.contains(section)) {
                TomlTable table = table(toml, section, source);
                table.keySet().forEach(name -> set(draft, section + "." + name, table, name, source, base));
            }
        }
        return draft.build();
    }

    private static void set(Draft draft, String key, TomlTable table, String name, String source, Path base) {
        if (OF_REQUESTS.contains(key)) {
            return;
        }
        List<String> at = List.of(name);
        String place =
                source + ":" + Objects.requireNonNull(table.inputPositionOf(at)).line() + ": ";
        BiConsumer<Draft, TomlValue> setter = KEYS.get(key);
        if (setter == null) {
            throw new IllegalArgumentException(place + key + ": unknown key");
        }
        try {
            setter.accept(draft, new TomlValue(key, Objects.requireNonNull(table.get(at)), base));
            draft.build(); // what is out of range is told with its line
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + e.getMessage(), e);
        }
    }

    private static TomlTable table(TomlParseResult toml, String section, String source) {
        if (toml.get(List.of(section)) instanceof TomlTable table) {
            return table;
        }
        throw new IllegalArgumentException(source + ": " + section + ": must be a table: [" + section + "]");
    }

    private static final class Draft {
        final Builder pool = new Builder();
        final AccessParts access = new AccessParts();

        PoolConfig build() {
            pool.access = access.build();
            return pool.build();
        }
    }

    private static final class AccessParts {
        List<AddressBlock> whitelist = Access.DEFAULTS.whitelist();
        List<AddressBlock> blacklist = Access.DEFAULTS.blacklist();
        Access.Unknown unknown = Access.DEFAULTS.unknown();
        Duration whitelistTtl = Access.DEFAULTS.whitelistTtl();
        Duration blacklistTtl = Access.DEFAULTS.blacklistTtl();
        int maxEjectedPercent = Access.DEFAULTS.maxEjectedPercent();

        @Nullable
        Path stateFile = Access.DEFAULTS.stateFile();

        Access build() {
            return new Access(whitelist, blacklist, unknown, whitelistTtl, blacklistTtl, maxEjectedPercent, stateFile);
        }
    }
}
