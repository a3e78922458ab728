package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.wire.fixture.CaptureServer;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What arrives at an origin is what the browser itself sends, by the reference tools' judgement. */
class OriginSeesBrowserTest {
    private static final int SESSIONS = 40;

    @RegisterExtension
    static final Lab lab = Lab.standard();

    @ParameterizedTest
    @CsvSource({"chromium-156, chromium-156", "firefox, firefox-esr-153"})
    void forty_sessions_look_like_forty_first_visits_of_the_browser(String profile, String reference)
            throws IOException {
        try (CaptureServer capture = CaptureServer.start(lab.directory(), lab.leaf())) {
            String host = Lab.HOST + ":" + capture.port();
            for (int i = 0; i < SESSIONS; i++) {
                try (RawClient client = lab.client()) {
                    RawClient.Response response = client.get(
                            "https://" + host + "/page",
                            "Host: " + host,
                            "X-Hotpool-Profile: " + profile,
                            "X-Hotpool-Session: visit-" + profile + i,
                            "User-Agent: curl/7.88.1",
                            "Accept: */*");
                    assertThat(response.status()).as(response::toString).isEqualTo(200);
                }
            }
            Wait.until(() -> assertThat(capture.numbers()).hasSize(SESSIONS));

            for (int number : capture.numbers()) {
                equal(capture.tool("tlsfp.py", "compare", "@" + capture.connection(number), reference));
                equal(capture.tool(
                        "h2fp.py",
                        "compare",
                        capture.connection(number),
                        reference,
                        "--request",
                        "navigate",
                        "--values",
                        "--hpack"));
            }
            equal(capture.tool("tlsfp.py", "variety", capture.log(), reference));
        }
    }

    @Test
    void chrome_differs_from_chromium_in_the_brand_list_only() throws IOException {
        try (CaptureServer capture = CaptureServer.start(lab.directory(), lab.leaf())) {
            String host = Lab.HOST + ":" + capture.port();
            try (RawClient client = lab.client()) {
                client.get("https://" + host + "/", "Host: " + host, "X-Hotpool-Profile: chrome");
            }
            Wait.until(() -> assertThat(capture.numbers()).hasSize(1));

            equal(capture.tool(
                    "h2fp.py",
                    "compare",
                    capture.connection(1),
                    "chromium-156",
                    "--request",
                    "navigate",
                    "--values",
                    "--hpack",
                    "--ignore",
                    "sec-ch-ua"));
        }
    }

    @Test
    void an_http1_origin_sees_the_browsers_header_order_and_casing() throws IOException {
        try (CaptureServer capture = CaptureServer.start(lab.directory(), lab.leaf("h1.example.test"));
                var daemon = lab.start(config -> config.host("h1.example.test", "127.0.0.1"), false);
                RawClient client = new RawClient(daemon.proxy())) {
            String host = "h1.example.test:" + capture.port();
            client.get("https://" + host + "/", "Host: " + host, "X-Hotpool-Profile: chromium-156", "Accept: */*");
            Wait.until(() -> assertThat(capture.numbers()).hasSize(1));

            JsonNode connection = capture.connections().get(1);

            List<String> fields = new ArrayList<>();
            connection
                    .get("http1")
                    .get(0)
                    .get("headers")
                    .forEach(f -> fields.add(f.get(0).asText() + ": " + f.get(1).asText()));
            assertThat(fields).hasSize(14);
            assertThat(String.join("\n", fields))
                    .containsSubsequence(
                            "Host: " + host,
                            "Connection: keep-alive",
                            "sec-ch-ua: ",
                            "sec-ch-ua-mobile: ?0",
                            "sec-ch-ua-platform: ",
                            "Upgrade-Insecure-Requests: 1",
                            "User-Agent: Mozilla/5.0",
                            "Accept: text/html",
                            "Sec-Fetch-Site: none",
                            "Sec-Fetch-Mode: navigate",
                            "Sec-Fetch-User: ?1",
                            "Sec-Fetch-Dest: document",
                            "Accept-Encoding: gzip, deflate, br, zstd",
                            "Accept-Language: ");
        }
    }

    @Test
    void the_self_test_tells_what_the_origin_saw_and_that_it_matches() throws IOException {
        for (String profile : new String[] {"chromium-156", "chrome", "firefox"}) {
            JsonNode answer = new ObjectMapper()
                    .readTree(lab.curl("-H", "X-Hotpool-Profile: " + profile, "https://hotpool.internal/fingerprint")
                            .run()
                            .ok()
                            .text());

            assertThat(answer.get("match").asBoolean())
                    .as(answer::toPrettyString)
                    .isTrue();
        }
        JsonNode clear = new ObjectMapper()
                .readTree(lab.curl("http://hotpool.internal/fingerprint")
                        .run()
                        .ok()
                        .text());
        assertThat(clear.get("match").asBoolean()).as(clear::toPrettyString).isTrue();
    }

    @Test
    void a_session_has_connections_and_tickets_of_its_own_and_a_second_visit_resumes() throws IOException {
        try (CaptureServer capture = CaptureServer.start(lab.directory(), lab.leaf())) {
            String host = Lab.HOST + ":" + capture.port();
            for (String session : new String[] {"one", "two", "one"}) {
                try (RawClient client = lab.client()) {
                    // The capture server closes after /bye: the next visit needs a connection, and has a ticket.
                    client.get("https://" + host + "/bye", "Host: " + host, "X-Hotpool-Session: ticket-" + session);
                }
            }
            Wait.until(() -> assertThat(capture.numbers()).hasSize(3));

            Set<Integer> resumed = new HashSet<>();
            capture.connections().forEach((number, connection) -> {
                if (connection.get("tls").get("resumed").asBoolean()) {
                    resumed.add(number);
                }
            });
            assertThat(resumed).containsExactly(3);
            equal(capture.tool(
                    "tlsfp.py", "compare", "@" + capture.connection(3), "chromium-156", "--case", "resumed"));
        }
    }

    private static void equal(Program.Output output) {
        assertThat(output.exit()).as(output::toString).isZero();
    }
}
