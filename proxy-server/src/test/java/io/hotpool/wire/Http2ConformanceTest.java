package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.ConnectForwarder;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Step;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** h2spec against the side that clients see, inside an intercepted tunnel. */
@Tag("check-33")
class Http2ConformanceTest {
    private static final Pattern TOTAL = Pattern.compile("(\\d+) tests?, (\\d+) passed, (\\d+) skipped, (\\d+) failed");

    /** The program's name for the host must be that of the tunnel, and lead to the tunnel's entrance: same name, same port. */
    private static final String ORIGIN = "127.88.77.66";

    @RegisterExtension
    static final Lab lab = Lab.with(config -> config.host("localhost", ORIGIN));

    @Test
    void h2spec_is_content_with_the_client_side() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf("localhost"))
                        .at(InetAddress.getByName(ORIGIN), 0)
                        .script(Step.forever(peer -> {
                            if (peer.readHead() == null) {
                                peer.close();
                                return;
                            }
                            peer.readBody();
                            Step.respond(200, "conformant").run(peer);
                        }))
                        .start();
                ConnectForwarder tunnel =
                        new ConnectForwarder(origin.port(), lab.proxy(), "localhost:" + origin.port())) {
            Program.Output output = Program.named("h2spec")
                    .args("-h", "localhost", "-p", tunnel.port(), "-t", "-k", "--strict", "-o", "5")
                    .within(Duration.ofMinutes(5))
                    .run();

            Matcher total = TOTAL.matcher(output.text());
            assertThat(total.find()).as(output::toString).isTrue();
            System.out.println("h2spec: " + total.group());
            output.text().lines().filter(line -> line.contains("×")).distinct().forEach(System.out::println);
            assertThat(Integer.parseInt(total.group(1))).as(output::toString).isGreaterThanOrEqualTo(146);
            assertThat(Integer.parseInt(total.group(2)))
                    .as(output::toString)
                    .isEqualTo(Integer.parseInt(total.group(1)));
            assertThat(origin.requests()).as("requests that came through").hasSizeGreaterThan(20);
        }
    }
}
