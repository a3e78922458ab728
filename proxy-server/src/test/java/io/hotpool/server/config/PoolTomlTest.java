package io.hotpool.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolToml;
import io.hotpool.pool.Tier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library reads its part of a file as the daemon does. */
class PoolTomlTest {
    private static final Set<String> SECTIONS =
            Set.of("pool", "whitelist", "blacklist", "access", "circuit", "health", "dns", "tls");

    private static final Map<String, String> FURTHER = Map.of(
            "access.unknown", "\"deny\"",
            "health.method", "\"GET\"",
            "health.path", "\"/alive\"",
            "health.expect", "[\"2xx\", \"404\"]",
            "dns.servers", "[\"192.0.2.53\"]",
            "dns.hosts", "{ \"a.test\" = [\"127.0.0.1\", \"::1\"] }",
            "dns.min_ttl", "\"2s\"",
            "dns.max_ttl", "600",
            "tls.key_log_file", "\"keys.log\"");

    @TempDir
    Path folder;

    private PoolConfig asTheDaemon(Path file) throws Exception {
        return new ConfigReader(file, Map.of(), List.of()).read().config().pool();
    }

    private Path file(String text) throws Exception {
        return Files.writeString(folder.resolve("hotpool.toml"), text);
    }

    private String random(Random random) {
        StringBuilder text = new StringBuilder("[proxy]\nmax_clients = 5\n");
        for (String section : SECTIONS) {
            text.append('[').append(section).append("]\n");
            for (Key<?> key : Keys.ALL) {
                boolean always = key.path().equals("access.state_file"); // the daemon has one of its own
                if (key.section().equals(section) && (always || random.nextBoolean())) {
                    text.append(key.name())
                            .append(" = ")
                            .append(value(key, random))
                            .append('\n');
                }
            }
        }
        return text.toString();
    }

    private static String value(Key<?> key, Random random) {
        Samples samples = Samples.of(key);
        String further = FURTHER.get(key.path());
        if (key.path().equals("access.state_file")) {
            return "\"state.json\"";
        }
        return further != null ? further : samples == null ? key.defaultToml() : samples.fitting(key, random);
    }

    @Test
    void every_key_of_the_pool_is_read_as_the_daemon_reads_it() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            Path file = file(random(random));
            assertThat(PoolToml.read(file))
                    .as("seed %d, file %d:%n%s", seed, i, Files.readString(file))
                    .isEqualTo(asTheDaemon(file));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"low-concurrency.toml", "medium-concurrency.toml", "high-concurrency.toml"})
    void the_three_tiers_are_files_that_it_reads(String name) throws Exception {
        Path file = Path.of("../config", name);
        PoolConfig tier = PoolToml.read(file);
        PoolConfig daemons = asTheDaemon(file);
        assertThat(tier.with(b -> b.access = daemons.access())).isEqualTo(daemons);
        Tier expected = Tier.valueOf(name.substring(0, name.indexOf('-')).toUpperCase(Locale.ROOT));
        assertThat(tier).isEqualTo(expected.over(PoolConfig.DEFAULTS));
    }

    @Test
    void a_mistake_is_told_with_its_line_and_what_is_allowed() throws Exception {
        assertThatThrownBy(() -> PoolToml.parse("[pool]\nmax_conections = 5"))
                .hasMessage("line:2: pool.max_conections: unknown key");
        assertThatThrownBy(() -> PoolToml.parse("[pool]\n\nmax_connections = 0"))
                .hasMessageStartingWith("line:3: max_connections: 0 (at least 1)");
        assertThatThrownBy(() -> PoolToml.parse("[pool]\nidle_timeout = \"soon\""))
                .hasMessageContaining("pool.idle_timeout: soon (must be a duration");
        Path file = file("[pool");
        assertThatThrownBy(() -> PoolToml.read(file)).hasMessageContaining("hotpool.toml:1: not TOML");
    }
}
