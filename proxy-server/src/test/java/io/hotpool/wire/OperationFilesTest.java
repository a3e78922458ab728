package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.Repository;
import java.nio.file.Path;
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
}
