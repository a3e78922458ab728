package io.hotpool.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hotpool.pool.ExchangeOptions.HeaderMode;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.testing.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
    @TempDir
    Path folder;

    @Test
    void the_defaults_of_the_registry_are_those_of_the_library() {
        assertThat(withoutFile(ConfigReader.defaults().pool())).isEqualTo(PoolConfig.DEFAULTS);
    }

    /** The daemon keeps what is learned, the library by itself does not. */
    private static PoolConfig withoutFile(PoolConfig config) {
        PoolConfig.Access a = config.access();
        assertThat(a.stateFile()).endsWithRaw(Path.of("hotpool", "addresses.json"));
        return config.with(b -> b.access = new PoolConfig.Access(
                a.whitelist(),
                a.blacklist(),
                a.unknown(),
                a.whitelistTtl(),
                a.blacklistTtl(),
                a.maxEjectedPercent(),
                null));
    }

    @Test
    void a_file_of_the_ancestor_with_bare_integers_works_unchanged() throws Exception {
        PoolConfig pool = fromFile("""
                        [pool]
                        max_connections = 50
                        max_conns_per_host = 5
                        max_idle_conns = 10
                        conn_timeout = 20
                        idle_timeout = 60
                        max_lifetime = 300
                        test_timeout = 5
                        health_check_interval = 30
                        cleanup_interval = 60
                        blacklist_check_interval = 300
                        dns_update_interval = 1800
                        max_retries = 3
                        """).config().pool();

        assertThat(withoutFile(pool)).isEqualTo(PoolConfig.DEFAULTS.with(b -> {
            b.maxConnections = 50;
            b.maxConnsPerHost = 5;
            b.maxIdleConns = 10;
            b.connTimeout = Duration.ofSeconds(20);
            b.testTimeout = Duration.ofSeconds(5);
        }));
    }

    @Test
    void the_command_line_wins_over_the_environment_and_that_over_the_file() throws Exception {
        Path file = write("[pool]\nmax_connections = 60\nmin_hot = 1\nmax_pending = 7\n");
        Loaded loaded = new ConfigReader(
                        file,
                        Map.of("HOTPOOL_POOL_MAX_CONNECTIONS", "70", "HOTPOOL_POOL_MIN_HOT", "2", "PATH", "/bin"),
                        List.of(Setting.parse("pool.max_connections=80")))
                .read();

        assertThat(loaded.config().pool().maxConnections()).isEqualTo(80);
        assertThat(loaded.config().pool().minHot()).isEqualTo(2);
        assertThat(loaded.effective().get("pool.max_connections").origin()).isEqualTo("--set");
        assertThat(loaded.effective().get("pool.min_hot").origin()).isEqualTo("HOTPOOL_POOL_MIN_HOT");
        assertThat(loaded.effective().get("pool.max_pending").origin()).isEqualTo(file + ":4");
        assertThat(loaded.effective().get("pool.max_retries").origin()).isEqualTo("default");
    }

    @Test
    void lists_and_tables_in_the_environment_are_toml() throws Exception {
        HotpoolConfig config = new ConfigReader(
                        write(""),
                        Map.of(
                                "HOTPOOL_PROXY_ALLOW_CLIENTS", "[\"10.0.0.0/8\", \"fd00::/8\"]",
                                "HOTPOOL_DNS_HOSTS", "{ \"App.Test\" = [\"127.0.0.1\"] }",
                                "HOTPOOL_RULE", "[{ host = \"*.example.com\", profile = \"firefox\" }]",
                                "HOTPOOL_PROXY_LISTEN", "127.0.0.1:9000",
                                "HOTPOOL_ADMIN_TOKEN", "12345"),
                        List.of())
                .read()
                .config();

        assertThat(config.proxy().allowClients()).containsExactly(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8"));
        assertThat(config.pool().dns().hosts()).containsOnlyKeys("app.test");
        assertThat(config.rules()).extracting(HotpoolConfig.Rule::profile).containsExactly("firefox");
        assertThat(config.proxy().listen()).extracting(a -> a.getPort()).containsExactly(9000);
        assertThat(config.admin().token()).isEqualTo("12345");
    }

    @Test
    void rules_and_users_are_read_whole() throws Exception {
        String hash = PasswordHash.of("secret".toCharArray());
        HotpoolConfig config = fromFile("""
                        [proxy]
                        users = [{ name = "alice", password_hash = "%s", profile = "firefox" }]
                        [[rule]]
                        host = "*.Exämple.com."
                        scheme = "https"
                        headers = "preserve"
                        protocol = "h1"
                        tunnel = true
                        verify = false
                        timeout = "15s"
                        health = "/alive"
                        expect = ["2xx", "404"]
                        limits = { rate = 2.5, concurrency = 3 }
                        [[rule]]
                        host = "*"
                        """.formatted(hash)).config();

        assertThat(config.proxy().users()).containsExactly(new HotpoolConfig.User("alice", hash, "firefox", null));
        assertThat(config.rules())
                .containsExactly(
                        new HotpoolConfig.Rule(
                                "*.xn--exmple-cua.com",
                                null,
                                "https",
                                HeaderMode.PRESERVE,
                                "h1",
                                true,
                                false,
                                Duration.ofSeconds(15),
                                "/alive",
                                List.of("2xx", "404"),
                                new Limit(2.5, 3),
                                null,
                                null),
                        new HotpoolConfig.Rule(
                                "*", null, null, null, null, null, null, null, null, null, null, null, null));
        PoolConfig.Health health = config.pool().health().of("a.xn--exmple-cua.com");
        assertThat(health.path()).isEqualTo("/alive");
        assertThat(health.expects(404)).isTrue();
        assertThat(health.expects(500)).isFalse();
        assertThat(config.pool().health().of("other.test").path()).isEqualTo("/");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[pool]~max_conections = 5 | :2: pool.max_conections: unknown key; did you mean pool.max_connections?",
                "[pol]~max_connections = 5 | :1: pol: unknown key; did you mean pool?",
                "max_connections = 5 | :1: max_connections: unknown key; did you mean pool.max_connections?",
                "[proxy]~max_idle_conns = 5 | :2: proxy.max_idle_conns: unknown key; did you mean pool.max_idle_conns?",
                "[pool]~~max_connections = \"many\" | :3: pool.max_connections = \"many\": must be an integer from 1 to 100000",
                "[pool]~max_connections = 0 | :2: pool.max_connections = 0: must be an integer from 1 to 100000",
                "[pool]~conn_timeout = \"5 weeks\" | :2: pool.conn_timeout = \"5 weeks\": must be a duration from 1ms to 365d",
                "[pool]~conn_timeout = -1 | :2: pool.conn_timeout = -1: must be a duration",
                "[pool]~conn_timeout = 1.5 | :2: pool.conn_timeout = 1.5: must be a duration",
                "[pool]~resume_sessions = \"yes\" | :2: pool.resume_sessions = \"yes\": must be true or false",
                "[pool]~retry_budget = 1.5 | :2: pool.retry_budget = 1.5: must be a number from 0.0 to 1.0",
                "[pool]~max_connections = [1,2] | :2: pool.max_connections = a list of 2: must be an integer",
                "pool = 3 | :1: pool = 3: must be a table: [pool]",
                "[proxy]~max_header_size = \"64 parsecs\" | :2: proxy.max_header_size = \"64 parsecs\": must be a size",
                "[proxy]~listen = [\"example.com:80\"] | :2: proxy.listen[1] = \"example.com:80\": must be ADDRESS:PORT",
                "[proxy]~listen = [\"127.0.0.1:70000\"] | :2: proxy.listen[1] = \"127.0.0.1:70000\": must be ADDRESS:PORT",
                "[proxy]~listen = [] | :2: proxy.listen = a list of 0: must be a list of addresses",
                "[proxy]~allow_clients = [\"10.0.0.0/8\", \"10.0.0.0/33\"] | :2: proxy.allow_clients[2] = \"10.0.0.0/33\": must be an address",
                "[proxy]~plain_http = \"sometimes\" | :2: proxy.plain_http = \"sometimes\": must be one of \"https-first\", \"never\", \"always\"",
                "[proxy]~allow_private_targets = 1 | must be one of \"auto\", true, false",
                "[proxy]~directives = [\"profile\", \"moon\"] | :2: proxy.directives[2] = \"moon\": must be one of \"profile\"",
                "[proxy]~users = [{ name = \"a\" }] | :2: proxy.users[1]: 'password_hash' is missing",
                "[proxy]~users = [{ name = \"a\", password_hash = \"hunter2\" }] | proxy.users[1].password_hash = (not shown)",
                "[dns]~hosts = { \"a b\" = [\"127.0.0.1\"] } | 'a b' is not a host name",
                "[dns]~hosts = { \"a.test\" = [\"localhost\"] } | dns.hosts.a.test[1] = \"localhost\": must be an IP address",
                "[dns]~min_ttl = \"2h\" | dns.min_ttl: is longer than dns.max_ttl",
                "[[rule]]~profile = \"chrome\" | :1: rule[1]: 'host' is missing",
                "[[rule]]~host = \"a.test\"~[[rule]]~host = \"b.test\"~protcol = \"h2\" | :5: rule[2].protcol: unknown key; did you mean protocol?",
                "[[rule]]~host = \"a.*.test\" | :2: rule[1].host = \"a.*.test\": must be a host name",
                "[pool]~max_connections = 5~max_connections = 6 | :3: not TOML",
                "[pool~ | :1: not TOML",
                "[tls]~extra_ca_files = [\"none.pem\"] | none.pem does not exist",
                "[proxy]~listen = [\"0.0.0.0:8080\"] | :2: proxy.listen: 0.0.0.0:8080 is reachable from other machines: set proxy.users or proxy.allow_clients",
                "[admin]~listen = [\"[::]:8081\"] | :2: admin.listen: [::]:8081 is reachable from other machines: set admin.token or admin.allow_clients",
            })
    void a_mistake_is_named_with_file_line_key_and_what_is_allowed(String text, String wanted) throws IOException {
        ConfigException error = failure(text.replace('~', '\n'));

        assertThat(error.problems()).hasSize(1);
        assertThat(error).hasMessageContaining(wanted.strip()).hasMessageStartingWith(file().toString());
    }

    @Test
    void all_mistakes_are_reported_at_once() throws IOException {
        ConfigException error =
                failure("[pool]\nmax_connections = 0\nconn_timeout = true\nfoo = 1\n[log]\nlevel = \"loud\"\n");

        assertThat(error.problems()).extracting(p -> p.place().line()).containsExactlyInAnyOrder(2, 3, 4, 6);
    }

    @Test
    void an_unknown_variable_is_an_error_with_the_nearest_name() {
        ConfigException error = catchThrowableOfType(
                ConfigException.class,
                () -> new ConfigReader(write(""), Map.of("HOTPOOL_POOL_MAX_CONECTIONS", "5"), List.of()).read());

        assertThat(error).hasMessageContaining("did you mean HOTPOOL_POOL_MAX_CONNECTIONS?");
    }

    @Test
    void a_value_outside_of_the_recommended_range_is_a_warning() throws Exception {
        Loaded loaded = fromFile("[pool]\nmax_connections = 501\nidle_timeout = 10\nconn_timeout = 10\n");

        assertThat(loaded.warnings())
                .extracting(Problem::toString)
                .containsExactly(
                        file() + ":2: pool.max_connections: 501 is allowed, but outside of the recommended 50 to 500",
                        file()
                                + ":3: pool.idle_timeout: \"10s\" is allowed, but outside of the recommended 30s to 120s");
    }

    @Test
    void the_tiers_of_the_ancestor_are_ready_files_without_warnings() throws Exception {
        assertTier("low-concurrency.toml", 50, 5, 10, 20, 60, 300, 5, 30, 60);
        assertTier("medium-concurrency.toml", 100, 10, 20, 30, 60, 300, 10, 30, 60);
        assertTier("high-concurrency.toml", 200, 20, 50, 15, 30, 180, 5, 15, 30);
    }

    private static void assertTier(String name, int... wanted) throws ConfigException {
        Path file = Path.of("").toAbsolutePath().getParent().resolve("config").resolve(name);
        Loaded loaded = new ConfigReader(file, Map.of(), List.of()).read();
        PoolConfig pool = loaded.config().pool();

        assertThat(loaded.warnings()).isEmpty();
        assertThat(Arrays.asList(pool.maxConnections(), pool.maxConnsPerHost(), pool.maxIdleConns()))
                .containsExactly(wanted[0], wanted[1], wanted[2]);
        assertThat(List.of(
                        pool.connTimeout(),
                        pool.idleTimeout(),
                        pool.maxLifetime(),
                        pool.testTimeout(),
                        pool.healthCheckInterval(),
                        pool.cleanupInterval()))
                .containsExactlyElementsOf(Arrays.stream(wanted)
                        .skip(3)
                        .mapToObj(Duration::ofSeconds)
                        .toList());
    }

    @Test
    void a_wide_listener_with_allowed_clients_is_fine() throws Exception {
        Loaded loaded = fromFile("[proxy]\nlisten = \"0.0.0.0:8080\"\nallow_clients = [\"10.0.0.0/8\"]\n");

        assertThat(loaded.config().proxy().listen()).hasSize(1);
    }

    @Test
    void secrets_are_not_shown() throws Exception {
        Loaded loaded = fromFile("[admin]\ntoken = \"hunter2\"\n");

        assertThat(loaded.effective().toString()).doesNotContain("hunter2");
    }

    @Test
    void a_relative_path_is_relative_to_the_file() throws Exception {
        Path root = TestCertificates.authority("Test CA").writePem(folder);
        Loaded loaded = fromFile("[tls]\nextra_ca_files = [\"" + root.getFileName() + "\"]\n");

        assertThat(loaded.config().pool().tls().extraCaFiles()).containsExactly(root);
    }

    @Test
    void a_named_file_that_does_not_exist_is_an_error() {
        ConfigException error = catchThrowableOfType(
                ConfigException.class, () -> new ConfigReader(folder.resolve("none.toml"), Map.of(), List.of()).read());

        assertThat(error).hasMessageContaining("none.toml: cannot be read");
    }

    private Loaded fromFile(String text) throws IOException, ConfigException {
        return new ConfigReader(write(text), Map.of(), List.of()).read();
    }

    private ConfigException failure(String text) throws IOException {
        Path file = write(text);
        ConfigException error =
                catchThrowableOfType(ConfigException.class, () -> new ConfigReader(file, Map.of(), List.of()).read());
        assertThat(error).as("an error for: %s", text).isNotNull();
        return error;
    }

    private Path write(String text) throws IOException {
        return Files.writeString(file(), text);
    }

    private Path file() {
        return folder.resolve("hotpool.toml");
    }
}
