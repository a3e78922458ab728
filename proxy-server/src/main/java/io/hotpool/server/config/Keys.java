package io.hotpool.server.config;

import static io.hotpool.server.config.Scalars.BOOLEAN;
import static io.hotpool.server.config.Scalars.choice;
import static io.hotpool.server.config.Scalars.duration;
import static io.hotpool.server.config.Scalars.integer;
import static io.hotpool.server.config.Scalars.optional;
import static io.hotpool.server.config.Scalars.share;
import static io.hotpool.server.config.Scalars.size;

import io.hotpool.pool.Egress;
import io.hotpool.pool.ExchangeOptions.HeaderMode;
import io.hotpool.pool.PoolConfig.Access;
import io.hotpool.pool.address.AddressBlock;
import io.hotpool.server.config.HotpoolConfig.Log;
import io.hotpool.server.config.HotpoolConfig.PlainHttp;
import io.hotpool.server.config.HotpoolConfig.PrivateTargets;
import io.hotpool.server.config.HotpoolConfig.Rule;
import io.hotpool.server.config.HotpoolConfig.User;
import io.hotpool.server.config.HotpoolConfig.Warm;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Every key there is, in the order of the annotated file. A new key is one line here and one in {@link Binder}. */
final class Keys {
    private static final Duration MS = Duration.ofMillis(1);
    private static final Duration S = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration YEAR = Duration.ofDays(365);

    /** What a section is about, in the file's order. */
    static final Map<String, String> SECTIONS = sectionDocs();

    static final List<Key<?>> ALL = new ArrayList<>();

    // [proxy]
    static final Key<List<InetSocketAddress>> PROXY_LISTEN = add(Key.of(
                    "proxy.listen",
                    new ListenType(),
                    "[\"127.0.0.1:8080\", \"[::1]:8080\"]",
                    "where clients reach the proxy; beyond loopback it needs users or allow_clients")
            .restart());
    static final Key<List<User>> PROXY_USERS = add(Key.of(
                    "proxy.users",
                    new ListType<>(TableTypes.USER, "users"),
                    "[]",
                    "who may use the proxy: { name = \"alice\", password_hash = \"…\" }, written by `hotpool passwd`")
            .hidden());
    static final Key<List<Cidr>> PROXY_ALLOW_CLIENTS = add(Key.of(
            "proxy.allow_clients",
            new ListType<>(Scalars.CIDR, "addresses or CIDR blocks"),
            "[]",
            "addresses that may use the proxy; empty: all that reach it"));
    static final Key<Boolean> PROXY_CHALLENGE = add(Key.of(
            "proxy.challenge",
            BOOLEAN,
            "false",
            "answer 407 even without users, for clients that send a user name only when asked"));
    static final Key<List<String>> PROXY_DIRECTIVES = add(Key.of(
            "proxy.directives",
            new ListType<>(Scalars.oneOfTexts(Directive.names()), "directives"),
            "[" + String.join(", ", Directive.quotedNames()) + "]",
            "X-Hotpool-* headers and user-name keys that clients may use"));
    static final Key<Integer> PROXY_MAX_CLIENTS =
            add(Key.of("proxy.max_clients", integer(1, 1_000_000), "10000", "client connections at a time"));
    static final Key<Duration> PROXY_CLIENT_IDLE = add(Key.of(
            "proxy.client_idle_timeout",
            duration(S, DAY),
            "\"90s\"",
            "closes a client that has nothing under way, or neither sends nor reads what is due, for so long"));
    static final Key<Duration> PROXY_HEADER_TIMEOUT = add(Key.of(
            "proxy.header_timeout",
            duration(MS.multipliedBy(100), HOUR),
            "\"10s\"",
            "for the whole head of a request to arrive"));
    static final Key<Integer> PROXY_MAX_LINE = add(Key.of(
            "proxy.max_request_line",
            size(256, 1 << 20),
            "\"16KiB\"",
            "longest request line; a longer one is answered with 414"));
    static final Key<Integer> PROXY_MAX_HEADER = add(Key.of(
            "proxy.max_header_size",
            size(1024, 16 << 20),
            "\"64KiB\"",
            "largest head; a larger one is answered with 431"));
    static final Key<Duration> PROXY_DRAIN_DELAY = add(
            Key.of(
                    "proxy.drain_delay",
                    duration(Duration.ZERO, HOUR),
                    "\"0s\"",
                    "how long a stop takes requests as before while /readyz says no: time for a load balancer to look elsewhere"));
    static final Key<Duration> PROXY_DRAIN = add(Key.of(
            "proxy.drain_timeout",
            duration(Duration.ZERO, HOUR),
            "\"15s\"",
            "how long a stop waits for requests under way"));
    static final Key<PlainHttp> PROXY_PLAIN_HTTP = add(
            Key.of(
                    "proxy.plain_http",
                    choice(PlainHttp.class),
                    "\"https-first\"",
                    "does an http:// request to port 80 of a public name leave in the clear? https-first: where TLS fails; never; always"));
    static final Key<PrivateTargets> PROXY_PRIVATE = add(Key.of(
            "proxy.allow_private_targets",
            choice(PrivateTargets.class),
            "\"auto\"",
            "may private addresses be reached; auto: yes on a loopback bind, no on a wider one"));
    static final Key<List<Integer>> PROXY_PORTS = add(Key.of(
            "proxy.forbidden_ports",
            new ListType<>(integer(0, 65535), "ports"),
            ForbiddenPorts.TOML,
            "refused before DNS; the default is the list of the Fetch standard"));

    // [admin]
    static final Key<List<InetSocketAddress>> ADMIN_LISTEN = add(Key.of(
                    "admin.listen",
                    new ListenType(),
                    "[\"127.0.0.1:8081\", \"[::1]:8081\"]",
                    "metrics, health and API; beyond loopback it needs token or allow_clients")
            .restart());
    static final Key<Optional<String>> ADMIN_TOKEN = add(Key.of(
                    "admin.token",
                    optional(Scalars.NAME),
                    "\"\"",
                    "asked for as `Authorization: Bearer …`, except by metrics and health")
            .hidden());
    static final Key<List<Cidr>> ADMIN_ALLOW_CLIENTS = add(Key.of(
            "admin.allow_clients",
            new ListType<>(Scalars.CIDR, "addresses or CIDR blocks"),
            "[]",
            "addresses that may use the admin port; empty: all that reach it"));
    static final Key<List<String>> ADMIN_HOSTS = add(Key.of(
            "admin.hosts",
            new ListType<>(Scalars.HOST, "host names"),
            "[]",
            "names that may stand in Host, beside IP addresses and localhost"));

    // [ca]
    static final Key<Path> CA_DIR = add(Key.of(
                    "ca.dir",
                    Scalars.PATH,
                    "\"$XDG_STATE_HOME/hotpool/ca\"",
                    "where ca.pem and ca.key are kept; made at the first start")
            .restart());
    static final Key<Duration> CA_LEAF_LIFETIME = add(Key.of(
                    "ca.leaf_lifetime",
                    duration(HOUR, Duration.ofDays(30)),
                    "\"7d\"",
                    "validity of the certificates minted for hosts")
            .restart());
    static final Key<Integer> CA_LEAF_CACHE =
            add(Key.of("ca.leaf_cache", integer(1, 1_000_000), "2048", "minted certificates kept")
                    .restart());

    // [pool]
    static final Key<Integer> POOL_MAX = add(
            Key.of("pool.max_connections", integer(1, 100_000), "100", "connections of the whole pool, over all hosts")
                    .recommended(50, 500, "50 to 500"));
    static final Key<Integer> POOL_PER_HOST = add(Key.of(
                    "pool.max_conns_per_host",
                    integer(1, 10_000),
                    "10",
                    "per scheme, host and port, over all profiles and sessions")
            .recommended(5, 20, "5 to 20"));
    static final Key<Integer> POOL_MAX_IDLE = add(Key.of(
                    "pool.max_idle_conns",
                    integer(0, 100_000),
                    "20",
                    "idle connections of the whole pool; the least recently used is closed first")
            .recommended(10, 50, "10 to 50"));
    static final Key<Duration> POOL_CONN_TIMEOUT =
            add(seconds("pool.conn_timeout", 30, 10, 60, "DNS, TCP and TLS together"));
    static final Key<Duration> POOL_IDLE_TIMEOUT =
            add(seconds("pool.idle_timeout", 60, 30, 120, "closes a connection that nobody used for that long"));
    static final Key<Duration> POOL_MAX_LIFETIME = add(
            seconds("pool.max_lifetime", 300, 180, 600, "age at which a connection is retired, less up to a tenth"));
    static final Key<Duration> POOL_TEST_TIMEOUT =
            add(seconds("pool.test_timeout", 10, 5, 20, "for the answer to a health check"));
    static final Key<Duration> POOL_HEALTH =
            add(seconds("pool.health_check_interval", 30, 10, 60, "how often idle connections are checked"));
    static final Key<Duration> POOL_CLEANUP =
            add(seconds("pool.cleanup_interval", 60, 30, 120, "how often ended and expired connections are swept"));
    static final Key<Duration> POOL_BLACKLIST = add(Key.of(
            "pool.blacklist_check_interval",
            duration(S, DAY),
            "\"5m\"",
            "how often denied addresses are tested again, by a connection and a request of their own"));
    static final Key<Duration> POOL_DNS_UPDATE = add(Key.of(
            "pool.dns_update_interval",
            duration(S, DAY),
            "\"30m\"",
            "the names of hosts in use are resolved anew within this time, and addresses that left drain"));
    static final Key<Integer> POOL_RETRIES =
            add(Key.of("pool.max_retries", integer(0, 10), "3", "further attempts after the first"));
    static final Key<Duration> POOL_ACQUIRE = add(Key.of(
            "pool.acquire_timeout", duration(MS, HOUR), "\"30s\"", "longest wait in the queue for a connection"));
    static final Key<Integer> POOL_PENDING =
            add(Key.of("pool.max_pending", integer(0, 1_000_000), "1000", "longest queue per host"));
    static final Key<Integer> POOL_MIN_HOT =
            add(Key.of("pool.min_hot", integer(0, 1000), "0", "connections kept open per host while it is in use"));
    static final Key<Boolean> POOL_RESUME =
            add(Key.of("pool.resume_sessions", BOOLEAN, "true", "resume TLS sessions on reconnect, as browsers do"));
    static final Key<Boolean> POOL_AUTO_TUNE = add(Key.of(
            "pool.auto_tune",
            BOOLEAN,
            "false",
            "limits that are at their defaults move between the three tiers with the measured load"));
    static final Key<Duration> POOL_RESPONSE = add(Key.of(
            "pool.response_header_timeout",
            duration(MS, DAY),
            "\"1m\"",
            "from the sent request to the head of its answer"));
    static final Key<Duration> POOL_BODY_IDLE = add(
            Key.of(
                    "pool.body_idle_timeout",
                    duration(MS, DAY),
                    "\"5m\"",
                    "longest pause inside a body; event streams, WebSocket and tunnels may be silent, but must take what is sent to them"));
    static final Key<Double> POOL_RETRY_BUDGET =
            add(Key.of("pool.retry_budget", share(), "0.2", "share of the requests that may be retries"));

    // [whitelist] [blacklist] [access] [circuit]
    static final Key<List<AddressBlock>> WHITELIST = add(Key.of(
            "whitelist.ips",
            new ListType<>(Scalars.ADDRESS_BLOCK, "addresses or CIDR blocks"),
            "[]",
            "addresses of origins that may be used whatever is learned; the longer prefix wins over the black list"));
    static final Key<List<AddressBlock>> BLACKLIST = add(Key.of(
            "blacklist.ips",
            new ListType<>(Scalars.ADDRESS_BLOCK, "addresses or CIDR blocks"),
            "[]",
            "addresses of origins that are never used; open connections and tunnels to them are closed"));
    static final Key<Access.Unknown> ACCESS_UNKNOWN = add(Key.of(
            "access.unknown",
            choice(Access.Unknown.class),
            "\"test\"",
            "addresses on no list: test takes one connection at a time until it answered, allow, deny"));
    static final Key<Duration> ACCESS_WHITELIST_TTL = add(Key.of(
            "access.whitelist_ttl",
            duration(S, YEAR),
            "\"1h\"",
            "how long an answer keeps an address on the learned white list"));
    static final Key<Duration> ACCESS_BLACKLIST_TTL = add(Key.of(
            "access.blacklist_ttl",
            duration(S, YEAR),
            "\"5m\"",
            "length of a first learned denial; each that follows is twice as long, up to twelve times this"));
    static final Key<Integer> ACCESS_EJECTED = add(Key.of(
            "access.max_ejected_percent",
            integer(0, 100),
            "50",
            "of a host's addresses that may be denied by what is learned; never all"));
    static final Key<Optional<Path>> ACCESS_FILE = add(Key.of(
                    "access.state_file",
                    optional(Scalars.PATH),
                    "\"$XDG_STATE_HOME/hotpool/addresses.json\"",
                    "where lists by hand and learned ones are kept over a restart; \"\": nowhere")
            .restart());
    static final Key<Integer> CIRCUIT_FAILURES = add(Key.of(
            "circuit.failures",
            integer(0, 1000),
            "5",
            "dials in a row that reach no address of a host before it is left alone; 0: never"));
    static final Key<Duration> CIRCUIT_OPEN_FOR = add(Key.of(
            "circuit.open_for",
            duration(MS, DAY),
            "\"10s\"",
            "how long such a host is answered for with 503 before one connection may find out"));

    // [health]
    static final Key<String> HEALTH_METHOD = add(Key.of(
            "health.method",
            Scalars.text("HEAD or GET", t -> Optional.of(t).filter(m -> m.equals("HEAD") || m.equals("GET"))),
            "\"HEAD\"",
            "of the request that checks an idle HTTP/1.1 connection; HTTP/2 has PING"));
    static final Key<String> HEALTH_PATH =
            add(Key.of("health.path", Scalars.HEALTH_PATH, "\"/\"", "of the same request"));
    static final Key<List<String>> HEALTH_EXPECT = add(Key.of(
            "health.expect",
            Scalars.EXPECTATIONS,
            "[\"any\"]",
            "statuses of a healthy connection; any: every answer shows that it is alive"));

    // [alerts]
    static final Key<Double> ALERT_SUCCESS = add(Key.of(
            "alerts.success_rate",
            share(),
            "0.8",
            "least share of the requests of a minute that are answered; 0: any"));
    static final Key<Duration> ALERT_RESPONSE = add(Key.of(
            "alerts.mean_response",
            duration(Duration.ZERO, HOUR),
            "\"5s\"",
            "longest mean time to the head of an answer within a minute; 0: any"));
    static final Key<Double> ALERT_HEALTHY = add(Key.of(
            "alerts.healthy_ratio", share(), "0.5", "least share of the connections that take requests; 0: any"));
    static final Key<Double> ALERT_REUSE = add(Key.of(
            "alerts.reuse_rate",
            share(),
            "0.5",
            "least share of the requests of a minute that find a connection ready; 0: any"));
    static final Key<Duration> ALERT_INTERVAL = add(Key.of(
            "alerts.interval", duration(S, HOUR), "\"30s\"", "how often is looked whether there is something to tell"));

    // [fingerprint] [headers]
    static final Key<String> PROFILE = add(Key.of(
            "fingerprint.profile",
            Scalars.NAME,
            "\"chrome\"",
            "the browser that origins see; `hotpool profiles` lists them"));
    static final Key<Optional<Path>> PROFILE_DIR = add(Key.of(
            "fingerprint.profile_dir",
            optional(Scalars.PATH),
            "\"$XDG_CONFIG_HOME/hotpool/profiles\"",
            "folder with profile files of your own, as `hotpool capture` writes them; it need not exist; empty: none"));
    static final Key<Boolean> MIRROR = add(Key.of(
            "fingerprint.mirror",
            Scalars.BOOLEAN,
            "false",
            "intercepted connections look to the origin like the client's own: its hello, its HTTP/2, its headers"));
    static final Key<HeaderMode> HEADER_MODE = add(Key.of(
            "headers.mode",
            choice(HeaderMode.class),
            "\"align\"",
            "align: order, casing and missing headers as the browser sends them; preserve: as the client sent them"));

    // [upstream]
    static final Key<Egress> UPSTREAM_PROXY = add(
            Key.of(
                    "upstream.proxy",
                    new UpstreamType(""),
                    "\"\"",
                    "proxy that all connections go through: http://, https://, socks5:// (names resolved here) or socks5h:// (by it), with user:password@ where it asks"));

    static final Key<List<InetAddress>> UPSTREAM_LOCAL = add(
            Key.of(
                    "upstream.local_addresses",
                    new ListType<>(Scalars.ADDRESS, "IP addresses of this machine"),
                    "[]",
                    "addresses of this machine that connections leave from, in turns; a session keeps one; empty: the system's choice"));
    static final Key<Optional<AddressBlock>> UPSTREAM_SUBNET = add(
            Key.of(
                    "upstream.ipv6_subnet",
                    optional(Scalars.IPV6_SUBNET),
                    "\"\"",
                    "IPv6 connections leave from any address of it, a session from one; Linux needs: ip -6 route add local SUBNET dev lo"));

    // [dns]
    static final Key<List<String>> DNS_SERVERS = add(Key.of(
            "dns.servers",
            new ListType<>(
                    ServerAddress.TYPE, "addresses of name servers such as \"192.0.2.53\" or \"192.0.2.53:5353\""),
            "[]",
            "name servers; empty: the system's"));
    static final Key<Map<String, List<InetAddress>>> DNS_HOSTS = add(Key.of(
            "dns.hosts",
            new HostsType(),
            "{}",
            "names with fixed addresses: { \"app.test\" = [\"127.0.0.1\"] }; tried before any server"));
    static final Key<Duration> DNS_MIN_TTL =
            add(Key.of("dns.min_ttl", duration(Duration.ZERO, DAY), "\"5s\"", "least time an answer is kept"));
    static final Key<Duration> DNS_MAX_TTL =
            add(Key.of("dns.max_ttl", duration(S, DAY), "\"1h\"", "longest time an answer is kept"));

    // [tls]
    static final Key<Boolean> TLS_VERIFY = add(Key.of(
            "tls.verify",
            BOOLEAN,
            "true",
            "check certificates and names of origins against the JDK's and the system's roots"));
    static final Key<List<String>> TLS_INSECURE = add(Key.of(
            "tls.insecure_hosts",
            new ListType<>(Scalars.HOST_PATTERN, "host names or patterns such as \"*.example.com\""),
            "[]",
            "exceptions from verification, by name; logged loudly"));
    static final Key<List<Path>> TLS_EXTRA_CA = add(Key.of(
            "tls.extra_ca_files",
            new ListType<>(Scalars.PATH, "paths"),
            "[]",
            "PEM files whose certificates are trusted too"));
    static final Key<Optional<Path>> TLS_KEY_LOG = add(Key.of(
            "tls.key_log_file",
            optional(Scalars.PATH),
            "\"\"",
            "writes session keys for Wireshark: whoever has the file can read the traffic"));

    // [limits]
    static final Key<Limit> LIMIT_CLIENT = add(Key.of(
            "limits.client", TableTypes.LIMIT, "{}", "for each client address: { rate = 50, concurrency = 20 }"));
    static final Key<Limit> LIMIT_USER =
            add(Key.of("limits.user", TableTypes.LIMIT, "{}", "for each user; limits of the user's own come first"));
    static final Key<Limit> LIMIT_HOST = add(Key.of(
            "limits.host", TableTypes.LIMIT, "{}", "for each host, over all clients; limits of its rule come first"));

    // [log] [metrics]
    static final Key<Log.Level> LOG_LEVEL =
            add(Key.of("log.level", choice(Log.Level.class), "\"info\"", "least severity that is logged"));
    static final Key<Log.Format> LOG_FORMAT =
            add(Key.of("log.format", choice(Log.Format.class), "\"text\"", "text for people, json for collectors"));
    static final Key<Optional<Path>> ACCESS_LOG = add(Key.of(
                    "log.access_log",
                    optional(Scalars.PATH),
                    "\"\"",
                    "file with one line per request; \"-\" writes them to the standard output")
            .restart());
    static final Key<Integer> HOST_LABELS = add(Key.of(
            "metrics.host_labels",
            integer(0, 1000),
            "0",
            "how many hosts get a label of their own in metrics; the rest is \"other\""));

    // [[rule]]
    static final Key<List<Rule>> RULES =
            add(Key.of("rule", new ListType<>(TableTypes.RULE, "tables [[rule]]"), "[]", "by host, first match wins"));

    // [[prewarm]]
    static final Key<List<Warm>> PREWARM = add(Key.of(
            "prewarm",
            new ListType<>(TableTypes.WARM, "tables [[prewarm]]"),
            "[]",
            "hosts to have connections to from the start: { host = \"www.example.com\", count = 2 }"));

    private static final Map<String, Key<?>> BY_PATH = byPath();

    private Keys() {}

    static Optional<Key<?>> find(String path) {
        return Optional.ofNullable(BY_PATH.get(path));
    }

    static Set<String> sections() {
        return SECTIONS.keySet();
    }

    /** For a path that is no key. */
    static String unknown(String path) {
        Set<String> candidates = new LinkedHashSet<>(BY_PATH.keySet());
        if (path.indexOf('.') < 0) {
            candidates.addAll(sections());
        }
        String name = path.substring(path.indexOf('.') + 1);
        Optional<String> elsewhere =
                ALL.stream().filter(k -> k.name().equals(name)).map(Key::path).findFirst();
        Optional<String> nearest = elsewhere.isPresent() ? elsewhere : Nearest.of(path, candidates);
        return "unknown key" + nearest.map(n -> "; did you mean " + n + "?").orElse("");
    }

    static String unknownVariable(String variable) {
        List<String> variables = ALL.stream().map(Key::variable).toList();
        return "is no key of hotpool"
                + Nearest.of(
                                variable.toLowerCase(Locale.ROOT),
                                variables.stream()
                                        .map(v -> v.toLowerCase(Locale.ROOT))
                                        .toList())
                        .map(n -> "; did you mean " + n.toUpperCase(Locale.ROOT) + "?")
                        .orElse("");
    }

    private static <T> Key<T> add(Key<T> key) {
        ALL.add(key);
        return key;
    }

    private static Key<Duration> seconds(String path, int normal, int least, int most, String doc) {
        Duration from = Duration.ofSeconds(least);
        Duration to = Duration.ofSeconds(most);
        String text = "\"" + Durations.text(Duration.ofSeconds(normal)) + "\"";
        return Key.of(path, duration(MS, YEAR), text, doc).recommended(from, to, least + "s to " + most + "s");
    }

    private static Map<String, Key<?>> byPath() {
        Map<String, Key<?>> keys = new LinkedHashMap<>();
        ALL.forEach(key -> keys.put(key.path(), key));
        return keys;
    }

    private static Map<String, String> sectionDocs() {
        Map<String, String> docs = new LinkedHashMap<>();
        docs.put("proxy", "the port that clients use");
        docs.put("admin", "metrics, health, API");
        docs.put("ca", "the local certificate authority that signs for intercepted hosts");
        docs.put("pool", "connections to origins");
        docs.put("whitelist", "addresses of origins that are always good");
        docs.put("blacklist", "addresses of origins that are never used");
        docs.put("access", "what is learned about addresses of origins");
        docs.put("circuit", "hosts that cannot be reached at all");
        docs.put("health", "how idle connections are checked");
        docs.put("alerts", "when an operator is told: by log, event, metric and GET /api/v1/alerts");
        docs.put("fingerprint", "which browser origins see");
        docs.put("headers", "what happens to the headers of requests");
        docs.put("upstream", "the way out");
        docs.put("dns", "how names become addresses");
        docs.put("tls", "verification of origins");
        docs.put("limits", "refused with 429: rate is requests a second, concurrency requests under way");
        docs.put("log", "what is written where");
        docs.put("metrics", "for Prometheus");
        return docs;
    }
}
