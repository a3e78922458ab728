package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.Repository;
import io.hotpool.wire.fixture.RunningDaemon;
import io.hotpool.wire.fixture.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Netflix's BetterTLS: path building and name constraints. All 9,572 cases by {@code -Dhotpool.test.full=true}. */
@Tag("check-32")
class BetterTlsTest {
    private static final Path SOURCE = Repository.root().resolve("proxy-server/src/test/clients/bettertls");
    private static final int STEP = Boolean.getBoolean("hotpool.test.full") ? 1 : 29;

    @RegisterExtension
    static final Lab lab = Lab.standard();

    @Test
    void nothing_is_accepted_that_must_be_refused() throws Exception {
        Path program = lab.directory().resolve("bettertls");
        Program.Output built = Program.named("go")
                .args("build", "-o", program, ".")
                .in(SOURCE)
                .within(Duration.ofMinutes(3))
                .run();
        Skip.unless(built.exit() == 0, "BetterTLS cannot be built: " + built.errors());
        Path root = lab.directory().resolve("bettertls-root.pem");
        Program.at(program).args("root", root).run().ok();

        try (RunningDaemon daemon =
                lab.start(config -> config.trust(certificateOf(root)).host("bad.example.com", "127.0.0.1"), false)) {
            Program.Output output = Program.at(program)
                    .args("run", root, "http://127.0.0.1:" + daemon.proxy().getPort(), STEP)
                    .within(Duration.ofMinutes(10))
                    .run();

            System.out.print("BetterTLS: " + output.text());
            assertThat(output.exit()).as(output::toString).isZero();
            assertThat(output.text()).doesNotContain("accepted=0 ");
        }
    }

    /** The file without the private key. */
    private static Path certificateOf(Path root) {
        try {
            String pem = Files.readString(root);
            String end = "-----END CERTIFICATE-----\n";
            return Files.writeString(
                    root.resolveSibling("bettertls-ca.pem"), pem.substring(0, pem.indexOf(end) + end.length()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
