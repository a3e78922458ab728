package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.Repository;
import io.hotpool.wire.fixture.Skip;
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
