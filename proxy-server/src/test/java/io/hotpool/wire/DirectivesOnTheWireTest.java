package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Seen;
import io.hotpool.wire.fixture.Step;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Directives, through the whole daemon. */
class DirectivesOnTheWireTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    @Test
    void a_pinned_address_is_dialled_and_its_connection_is_for_those_who_pin_it_only() throws IOException {
        try (ScriptedOrigin usual = ScriptedOrigin.tls(lab.leaf()).start();
                ScriptedOrigin pinned = second(usual.port());
                RawClient client = lab.client()) {
            String host = "Host: " + Lab.HOST + ":" + usual.port();
            String url = "https://" + Lab.HOST + ":" + usual.port() + "/";

            client.get(url + "pinned1", host, "X-Hotpool-Ip: 127.0.0.2");
            client.get(url + "usual1", host);
            client.get(url + "pinned2", host, userName("any-ip-127.0.0.2"));
            client.get(url + "usual2", host);

            assertThat(pinned.requests()).extracting(Seen::target).containsExactly("/pinned1", "/pinned2");
            assertThat(usual.requests()).extracting(Seen::target).containsExactly("/usual1", "/usual2");
            assertThat(pinned.connections()).isEqualTo(1);
            assertThat(usual.connections()).isEqualTo(1);
        }
    }

    @Test
    void a_pinned_address_obeys_the_address_policy() throws IOException {
        try (RawClient client = lab.client()) {
            assertThat(client.get("https://" + Lab.HOST + "/", "Host: " + Lab.HOST, "X-Hotpool-Ip: 169.254.169.254")
                            .status())
                    .isEqualTo(403);
            String own = Lab.HOST + ":" + lab.proxy().getPort();
            assertThat(client.get("http://" + own + "/", "Host: " + own, "X-Hotpool-Ip: 127.0.0.1")
                            .status())
                    .isEqualTo(403);
        }
    }

    @Test
    void a_request_goes_over_a_connection_that_answered_the_validating_path_and_the_directive_stays_here()
            throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                RawClient client = lab.client()) {
            String host = "Host: " + Lab.HOST + ":" + origin.port();
            String url = "https://" + Lab.HOST + ":" + origin.port() + "/page";
            assertThat(client.get(url, host, "X-Hotpool-Validate: /alive").status())
                    .isEqualTo(200);
            assertThat(client.get(url, host, "X-Hotpool-Validate: /alive").status())
                    .isEqualTo(200);
            assertThat(origin.requests()).extracting(Seen::target).containsExactly("/alive", "/page", "/page");
            assertThat(origin.connections()).isEqualTo(1);
            assertThat(origin.requests().toString().toLowerCase(Locale.ROOT)).doesNotContain("x-hotpool");
        }
    }

    @Test
    void when_no_connection_validates_the_answer_says_so_and_the_request_is_not_sent() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                        .script(Step.all(Step.readRequest(), Step.close()))
                        .start();
                RawClient client = lab.client()) {
            String url = "https://" + Lab.HOST + ":" + origin.port() + "/page";
            RawClient.Response answer =
                    client.get(url, "Host: " + Lab.HOST + ":" + origin.port(), "X-Hotpool-Validate: /alive");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.text()).contains("validation_failed", "the connection ended");
            assertThat(origin.requests()).extracting(Seen::target).containsOnly("/alive");
        }
    }

    @Test
    void preserve_spells_an_http2_clients_fields_for_an_http1_origin_as_the_browser_does() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            String authority = Lab.HOST + ":" + origin.port();
            H2Peer client = lab.interceptedH2(authority);
            client.headers(
                    1,
                    true,
                    ":method",
                    "GET",
                    ":scheme",
                    "https",
                    ":authority",
                    authority,
                    ":path",
                    "/",
                    "x-hotpool-headers",
                    "preserve",
                    "user-agent",
                    "mine/1",
                    "x-my-field",
                    "1",
                    "sec-ch-ua-mobile",
                    "?0");
            assertThat(client.readBlock().get(":status")).isEqualTo("200");
            assertThat(origin.onlyRequest().head())
                    .contains("\r\nUser-Agent: mine/1\r\n")
                    .contains("\r\nX-My-Field: 1\r\n")
                    .contains("\r\nsec-ch-ua-mobile: ?0\r\n");
        }
    }

    private static ScriptedOrigin second(int port) throws IOException {
        return ScriptedOrigin.tls(lab.leaf())
                .at(InetAddress.getByName("127.0.0.2"), port)
                .start();
    }

    private static String userName(String name) {
        return "Proxy-Authorization: Basic "
                + Base64.getEncoder().encodeToString((name + ":x").getBytes(StandardCharsets.US_ASCII));
    }
}
