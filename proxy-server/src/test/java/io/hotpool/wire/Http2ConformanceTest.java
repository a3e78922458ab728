package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.ConnectForwarder;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Step;
import java.io.IOException;
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

    @RegisterExtension
    static final Lab lab = Lab.standard();

    @Test
    void h2spec_is_content_with_the_client_side() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf("127.0.0.1"))
                        .script(Step.forever(peer -> {
                            if (peer.readHead() == null) {
                                peer.close();
                                return;
                            }
                            peer.readBody();
                            Step.respond(200, "conformant").run(peer);
                        }))
                        .start();
                ConnectForwarder tunnel = new ConnectForwarder(lab.proxy(), "127.0.0.1:" + origin.port())) {
            Program.Output output = Program.named("h2spec")
                    .args("-h", "127.0.0.1", "-p", tunnel.port(), "-t", "-k", "--strict", "-o", "5")
                    .within(Duration.ofMinutes(5))
                    .run();

            Matcher total = TOTAL.matcher(output.text());
            assertThat(total.find()).as(output::toString).isTrue();
            System.out.println("h2spec: " + total.group());
            assertThat(Integer.parseInt(total.group(2))).as(output::toString).isGreaterThanOrEqualTo(146);
            assertThat(Integer.parseInt(total.group(4))).as(output::toString).isLessThanOrEqualTo(1);
        }
    }
}
