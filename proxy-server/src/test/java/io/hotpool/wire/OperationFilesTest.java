package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.Repository;
import io.hotpool.wire.fixture.Skip;
import io.hotpool.wire.fixture.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The files for operation are taken by the programs that read them. */
class OperationFilesTest {
    private static final Path PROMETHEUS = Repository.root().resolve("docker/prometheus");

    @Test
    void prometheus_takes_the_scrape_configuration_with_its_rules() {
        Program.Output output = Program.named("promtool")
                .args("check", "config", PROMETHEUS.resolve("prometheus.yml"))
                .run();

        assertThat(output.exit()).as(output::toString).isZero();
        assertThat(output.text()).contains("1 rule files found");
    }

    @Test
    void the_alerts_fire_when_they_should_and_only_then() {
        Program.Output output = Program.named("promtool")
                .args("test", "rules", PROMETHEUS.resolve("rules_test.yml"))
                .run();

        assertThat(output.exit()).as(output::toString).isZero();
        assertThat(output.text()).contains("SUCCESS");
    }

    @Test
    void haproxy_takes_the_configuration_of_replicas() {
        Program haproxy = Program.named("haproxy")
                .args("-c", "-f", Repository.root().resolve("docker/haproxy/haproxy.cfg"))
                .env("HOTPOOL_BIND", "127.0.0.1:8080");
        for (int i = 1; i <= 3; i++) {
            haproxy.env("HOTPOOL_" + i, "127.0.0.1:" + (9000 + i)).env("ADMIN_PORT_" + i, 9100 + i);
        }

        Program.Output output = haproxy.run().ok();

        assertThat(output.text() + output.errors()).contains("valid").doesNotContain("WARNING");
    }

    @Test
    void compose_mounts_what_is_there_and_gives_haproxy_what_its_configuration_asks_for() throws IOException {
        Path docker = Repository.root().resolve("docker");
        JsonNode services = Yaml.read(docker.resolve("compose.yaml")).get("services");
        Set<String> names = new TreeSet<>();
        for (JsonNode volume : services.findValues("volumes").stream()
                .flatMap(list -> StreamSupport.stream(list.spliterator(), false))
                .toList()) {
            String source = volume.asText().replaceAll(":.*", "");
            if (source.startsWith(".")) {
                assertThat(docker.resolve(source)).exists();
            }
            names.add(source);
        }
        assertThat(names).contains("state", "ca", "./prometheus", "./grafana/dashboards");
        String haproxy = Files.readString(docker.resolve("haproxy/haproxy.cfg"));
        Set<String> asked = new TreeSet<>();
        Pattern.compile("\\$\\{(\\w+)}").matcher(haproxy).results().forEach(name -> asked.add(name.group(1)));
        assertThat(services.get("haproxy").get("environment").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrderElementsOf(asked);
        for (int i = 1; i <= 3; i++) {
            assertThat(services.get("hotpool-" + i).toString())
                    .contains("HOTPOOL_PROXY_DRAIN_DELAY", "/var/lib/hotpool/ca", "\"aliases\":[\"hotpool\"]");
        }
        assertThat(Files.readString(docker.resolve("prometheus/prometheus.yml")))
                .contains("names: [\"hotpool\"]");
    }

    @Test
    void the_panels_of_the_dashboard_lie_side_by_side_and_ask_the_chosen_data_source() {
        JsonNode dashboard = Yaml.read(Repository.root().resolve("docker/grafana/dashboards/hotpool.json"));
        Set<Integer> ids = new HashSet<>();
        Set<String> covered = new HashSet<>();
        for (JsonNode panel : dashboard.get("panels")) {
            assertThat(ids.add(panel.get("id").asInt()))
                    .as(panel.get("title").asText())
                    .isTrue();
            JsonNode at = panel.get("gridPos");
            assertThat(at.get("x").asInt() + at.get("w").asInt()).isLessThanOrEqualTo(24);
            for (int x = at.get("x").asInt();
                    x < at.get("x").asInt() + at.get("w").asInt();
                    x++) {
                for (int y = at.get("y").asInt();
                        y < at.get("y").asInt() + at.get("h").asInt();
                        y++) {
                    assertThat(covered.add(x + "," + y))
                            .as(panel.get("title").asText())
                            .isTrue();
                }
            }
            panel.path("targets")
                    .forEach(target -> assertThat(
                                    target.get("datasource").get("uid").asText())
                            .isEqualTo("${datasource}"));
        }
        assertThat(dashboard.get("uid").asText()).isEqualTo("hotpool");
    }

    @Test
    void systemd_takes_the_unit() {
        Program.Output output = Program.named("systemd-analyze")
                .args("verify", "--man=no", Repository.root().resolve("docker/systemd/hotpool.service"))
                .run();

        assertThat((output.text() + output.errors())
                        .lines()
                        .filter(line -> line.contains("hotpool.service"))
                        .filter(line -> !line.contains("is not executable")))
                .as(output::toString)
                .isEmpty();
    }

    /** Nothing is left open that the daemon does not need; what is (its network) makes the rest of the figure. */
    @Test
    void systemd_finds_the_unit_well_confined() {
        Path unit = Repository.root().resolve("docker/systemd/hotpool.service");
        Program.Output output = Program.named("systemd-analyze")
                .args("security", "--offline=true", "--no-pager", "--threshold=15", unit)
                .run();

        Skip.unless(!output.errors().contains("unrecognized option"), "this systemd-analyze cannot look at files");
        assertThat(output.exit()).as(output::toString).isZero();
        assertThat(output.text()).contains("Overall exposure level for hotpool.service");
    }
}
