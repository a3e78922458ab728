package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.server.cli.HotpoolCommand;
import io.hotpool.server.cli.ProgramRun;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RunningDaemon;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections ahead of demand: from the file, by the API and by the command line. */
class PrewarmTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    private static JsonNode prewarm(String body) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + lab.daemon().admin().getPort() + "/api/v1/prewarm");
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return new ObjectMapper().readTree(response.body());
    }

    private static String order(ScriptedOrigin origin, int count) {
        return "{\"host\":\"" + Lab.HOST + "\",\"port\":" + origin.port() + ",\"count\":" + count + "}";
    }

    @Test
    void the_api_opens_connections_that_the_next_client_rides() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            double before = lab.metric("hotpool_prewarm_connections_total", "opened");
            JsonNode result = prewarm(order(origin, 12));
            assertThat(result.at("/opened").asInt()).as(result.toString()).isEqualTo(10);
            assertThat(result.at("/refused/max_conns_per_host").asInt()).isEqualTo(2);
            assertThat(lab.metric("hotpool_prewarm_connections_total", "opened") - before)
                    .isEqualTo(10);
            try (RawClient client = lab.intercepted(Lab.HOST + ":" + origin.port())) {
                client.send("GET / HTTP/1.1\r\nHost: " + Lab.HOST + ":" + origin.port()
                        + "\r\nX-Hotpool-Report: 1\r\n\r\n");
                assertThat(client.readResponse().header("X-Hotpool-Reused")).isEqualTo("true");
            }
            assertThat(origin.connections()).isEqualTo(10);
        }
    }

    @Test
    void the_command_line_prints_what_became_of_them_and_its_code_says_whether_all_are_open() throws Exception {
        String admin = "127.0.0.1:" + lab.daemon().admin().getPort();
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            String host = Lab.OTHER + ":" + origin.port();
            assertThat(HotpoolCommand.run("prewarm", "--admin", admin, "-n", "2", host))
                    .isZero();
            assertThat(origin.connections()).isEqualTo(2);
            assertThat(HotpoolCommand.run("prewarm", "--admin", admin, "--json", "-n", "20", host))
                    .isEqualTo(1);
            assertThat(HotpoolCommand.run("drain", "--admin", admin, host)).isZero();
            Wait.until(() -> assertThat(origin.open()).isZero());
        }
    }

    @Test
    void what_the_file_names_is_open_before_anybody_asks() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                RunningDaemon warm = lab.start(
                        config -> config.rule("host = \"*\"")
                                .table(
                                        "prewarm",
                                        "host = \"" + Lab.HOST + "\"",
                                        "port = " + origin.port(),
                                        "count = 3"),
                        false)) {
            Wait.until(() -> assertThat(origin.open()).isEqualTo(3));
            assertThat(warm.proxy().getPort()).isPositive();
        }
    }

    @Test
    void of_http2_it_says_why_more_than_one_connection_makes_sense_or_not() throws Exception {
        String why = "h2: one connection of this host carries many requests at once";
        String admin = "127.0.0.1:" + lab.daemon().admin().getPort();
        try (ScriptedOrigin many = ScriptedOrigin.tls(lab.leaf())
                        .http2(peer -> {
                            peer.settings();
                            peer.readRequest();
                        })
                        .start();
                ScriptedOrigin one = ScriptedOrigin.tls(lab.leaf()).start()) {
            JsonNode result = prewarm(order(many, 3));
            assertThat(result.at("/opened").asInt()).as(result.toString()).isEqualTo(3);
            assertThat(result.at("/note").asText())
                    .startsWith(why)
                    .contains("a browser keeps one", "more requests at once", "several addresses", "the loss of one");
            assertThat(prewarm(order(one, 2)).has("note")).as("HTTP/1.1").isFalse();

            ProgramRun run = ProgramRun.of("prewarm", "--admin", admin, "-n", "2", Lab.OTHER + ":" + many.port());
            assertThat(run.exit()).as(run.toString()).isZero();
            assertThat(run.out()).contains("2 opened", why);
            assertThat(ProgramRun.of("prewarm", "--admin", admin, "-n", "2", Lab.OTHER + ":" + one.port())
                            .out())
                    .contains("2 opened")
                    .doesNotContain("h2:");
        }
    }
}
