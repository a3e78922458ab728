package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The first request of a client inside of a tunnel. */
class FirstRequestTest {
    private static final String HOST = "hotpool.internal";
    private static final int CONNECTIONS = 12;
    /** What a delayed acknowledgement takes at least, on Linux. */
    private static final Duration DELAYED = Duration.ofMillis(40);

    @RegisterExtension
    static final Lab lab = Lab.standard();

    /** Its request waits in the kernel until the client's Finished is acknowledged. */
    @Test
    void a_client_without_tcp_nodelay_does_not_wait_for_a_delayed_acknowledgement() throws IOException {
        SSLContext trust = lab.trustingHotpool();
        Duration best = Duration.ofDays(1);
        for (int i = 0; i < CONNECTIONS; i++) {
            try (RawClient client = lab.client().withNagle()) {
                client.connect(HOST + ":443").tls(trust, HOST, "http/1.1");
                long began = System.nanoTime();
                assertThat(client.get("/proxy.pac", "Host: " + HOST).status()).isEqualTo(200);
                Duration took = Duration.ofNanos(System.nanoTime() - began);
                best = took.compareTo(best) < 0 ? took : best;
            }
        }
        assertThat(best).isLessThan(DELAYED);
    }
}
