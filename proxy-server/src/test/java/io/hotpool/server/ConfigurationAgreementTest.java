package io.hotpool.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.server.cli.ProgramRun;
import io.hotpool.server.config.ConfigException;
import io.hotpool.server.config.ConfigReader;
import io.hotpool.server.config.LiveConfig;
import io.hotpool.server.config.Problem;
import io.hotpool.server.config.RandomConfiguration;
import io.hotpool.server.config.Reload;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code hotpool check} and the daemon are of one mind about files drawn at random. */
@Timeout(120)
class ConfigurationAgreementTest {
    private static final long SEED = Long.getLong("hotpool.test.seed", 20261123);
    private static final int FILES = 300;
    private static final int STARTED = 20;

    private final Random random = new Random(SEED);
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    @BeforeEach
    void writeWhatIsNoCertificate() throws IOException {
        System.out.println("ConfigurationAgreementTest: seed " + SEED + " (-Dhotpool.test.seed)");
        Files.writeString(folder.resolve("not-a-certificate.pem"), "no certificate\n");
    }

    @Test
    void what_check_calls_fine_starts_and_is_in_force_as_check_says() throws Exception {
        int started = 0;
        for (int i = 0; i < FILES; i++) {
            RandomConfiguration drawn = RandomConfiguration.right(random, ownPlaces());
            Path file = write(drawn);
            JsonNode checked = check(file);
            assertThat(checked.path("ok").asBoolean())
                    .as(() -> told(drawn, checked.path("errors")))
                    .isTrue();
            LiveConfig config = daemonsConfig(file);
            if (i % (FILES / STARTED) == 0) {
                inForce(config, checked.path("effective"), drawn);
                started++;
            }
        }
        assertThat(started).isEqualTo(STARTED);
    }

    /** A daemon that was started with the file says the same values as the check. */
    private void inForce(LiveConfig config, JsonNode checked, RandomConfiguration drawn) throws Exception {
        try (Daemon daemon = Daemon.start(config)) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(
                            "http://127.0.0.1:" + daemon.adminAddresses().get(0).getPort() + "/readyz"))
                    .build();
            assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
            config.loaded().effective().forEach((key, value) -> {
                assertThat(value.value())
                        .as(() -> key + " of " + told(drawn, checked))
                        .isEqualTo(checked.path(key).path("value").asText());
                assertThat(value.origin())
                        .isEqualTo(checked.path(key).path("origin").asText());
            });
        }
    }

    @Test
    void what_check_refuses_does_not_start_and_both_name_the_key_and_nothing_else() throws Exception {
        for (int i = 0; i < FILES; i++) {
            RandomConfiguration drawn = RandomConfiguration.withOneMistake(random, ownPlaces());
            Path file = write(drawn);
            JsonNode checked = check(file);
            assertThat(checked.path("ok").asBoolean())
                    .as(() -> drawn.blamed() + ": " + told(drawn, checked))
                    .isFalse();
            assertThat(keys(checked.path("errors").findValuesAsText("key")))
                    .as(() -> told(drawn, checked))
                    .containsOnly(drawn.blamed());

            ConfigException refused = catchThrowableOfType(ConfigException.class, () -> daemonsConfig(file));
            assertThat(refused)
                    .as(() -> "the daemon took " + told(drawn, checked))
                    .isNotNull();
            assertThat(refused.problems().stream().map(Problem::toString).toList())
                    .isEqualTo(checked.path("errors").findValuesAsText("message"));
        }
    }

    @Test
    void the_program_ends_with_2_before_it_listens_and_names_the_key() throws Exception {
        for (int i = 0; i < STARTED; i++) {
            RandomConfiguration drawn = RandomConfiguration.withOneMistake(random, ownPlaces());
            ProgramRun run = ProgramRun.of("run", "--config", write(drawn).toString());

            assertThat(run.exit()).as(() -> told(drawn, run)).isEqualTo(2);
            assertThat(run.err()).contains(drawn.blamed()).contains("nothing was started");
            assertThat(run.out()).isEmpty();
        }
    }

    @Test
    void a_running_daemon_refuses_at_a_reload_what_check_refuses_and_keeps_what_it_has() throws Exception {
        Path file = write(RandomConfiguration.right(random, ownPlaces()));
        LiveConfig config = daemonsConfig(file);
        try (Daemon daemon = Daemon.start(config)) {
            for (int i = 0; i < STARTED; i++) {
                RandomConfiguration drawn = RandomConfiguration.withOneMistake(random, ownPlaces());
                write(drawn);
                var before = config.get();
                Reload reload = config.reload();

                assertThat(keys(reload.problems().stream().map(Problem::key).toList()))
                        .as(() -> told(drawn, reload))
                        .containsOnly(drawn.blamed());
                assertThat(config.get()).isSameAs(before);

                write(RandomConfiguration.right(random, ownPlaces()));
                assertThat(config.reload().problems()).isEmpty();
            }
            assertThat(daemon.proxyAddresses()).isNotEmpty();
        }
    }

    /** Ports of the system's choice, files below the test's own folder, and no name server asked. */
    private Map<String, String> ownPlaces() {
        Map<String, String> places = new LinkedHashMap<>();
        places.put("proxy.listen", "\"127.0.0.1:0\"");
        places.put("admin.listen", "\"127.0.0.1:0\"");
        places.put("ca.dir", "\"ca\"");
        places.put("access.state_file", "\"\"");
        places.put("log.level", "\"error\"");
        places.put("dns.max_ttl", "\"1d\"");
        places.put("admin.allow_clients", "[\"127.0.0.1\"]");
        return places;
    }

    private static List<String> keys(List<String> told) {
        return told.stream().map(key -> key.replaceFirst("\\[.*", "")).toList();
    }

    private LiveConfig daemonsConfig(Path file) throws ConfigException {
        return new LiveConfig(new ConfigReader(file, Map.of(), List.of(), ProfileNames::check));
    }

    private static JsonNode check(Path file) throws IOException {
        ProgramRun run = ProgramRun.of("check", "--json", "-e", "--config", file.toString());
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(run.exit()).isEqualTo(report.path("ok").asBoolean() ? 0 : 2);
        return report;
    }

    private Path write(RandomConfiguration drawn) throws IOException {
        return Files.writeString(folder.resolve("hotpool.toml"), drawn.toml());
    }

    private static String told(RandomConfiguration drawn, Object report) {
        return "seed " + SEED + ", " + report + "\n" + drawn.toml();
    }
}
