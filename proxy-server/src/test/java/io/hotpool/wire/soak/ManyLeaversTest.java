package io.hotpool.wire.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.Wait;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many clients leave in the middle of their uploads, which share one connection. */
class ManyLeaversTest {
    /** Netty's HTTP/2 ends a connection after 200 resets in 30 s. */
    private static final int LEAVERS = 250;

    @RegisterExtension
    static final Lab lab = Lab.standard();

    @Test
    void clients_that_leave_do_not_cost_others_their_request() throws Exception {
        try (SoakOrigin origin = new SoakOrigin(lab.leaf());
                RawClient uploading = lab.client()) {
            InetSocketAddress address = origin.listen("h2", SoakOrigin.Moods.CALM);
            Ask.Host host = new Ask.Host(Lab.HOST, "https", address.getPort());
            Ask upload = new Ask("upload", host, 10, 1000);
            uploading.send(head(upload));
            Wait.until(() -> assertThat(origin.count("upload")).isEqualTo(1));

            for (int i = 0; i < LEAVERS; i++) {
                String id = "leaver" + i;
                try (RawClient leaver = lab.client()) {
                    leaver.send(head(new Ask(id, host, 10, 1000)));
                    Wait.patiently().pollInterval(Duration.ofMillis(1)).until(() -> origin.count(id) == 1);
                    leaver.reset();
                }
            }
            uploading.send(upload.body());
            RawClient.Response answer = uploading.readResponse();

            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            assertThat(answer.header("X-Receipt")).isEqualTo(upload.receipt());
            Wait.until(() -> assertThat(lab.metric("hotpool_connections_closed_total", "many_resets"))
                    .isPositive());
        }
    }

    /** The body is owed. */
    private static String head(Ask ask) {
        return "POST " + ask.url() + " HTTP/1.1\r\nHost: " + ask.host().authority() + "\r\nContent-Length: "
                + ask.upload() + "\r\n\r\n";
    }
}
