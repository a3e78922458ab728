package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.server.cli.ProgramRun;
import io.hotpool.wire.fixture.DaemonProcess;
import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.H2Script;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.ScriptedDns;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Step;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The commands that ask a running daemon, against one in its own process and origins that work and fail. */
class CommandsTest {
    private static final ScriptedDns DNS = dns();

    @RegisterExtension
    static final Lab lab = Lab.inOwnProcess(config -> config.set("dns", "servers = [\"" + DNS.address() + "\"]")
            .set("log", "level = \"debug\"", "access_log = \"access.log\"")
            .set("pool", "conn_timeout = \"5s\"", "test_timeout = \"1s\"", "max_conns_per_host = 4"));

    /** Answers every request with its path. */
    private static final H2Script ECHO = peer -> {
        peer.settings();
        while (true) {
            H2Peer.Block request = peer.readRequest();
            peer.respond(request.stream(), 200, request.get(":path"));
        }
    };

    private static ScriptedDns dns() {
        try {
            return new ScriptedDns(Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String admin() {
        return "127.0.0.1:" + lab.daemon().admin().getPort();
    }

    private static ProgramRun diagnose(String url) {
        return ProgramRun.of("diagnose", "--admin", admin(), url);
    }

    private static String url(ScriptedOrigin origin) {
        return "https://" + Lab.HOST + ":" + origin.port() + "/";
    }

    @Test
    void a_host_that_answers_is_told_step_by_step() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                ScriptedOrigin http2 =
                        ScriptedOrigin.tls(lab.leaf()).http2(ECHO).start()) {
            ProgramRun run = diagnose(url(origin) + "path?token=canary-query");
            assertThat(run.exit()).as(run.toString()).isZero();
            assertThat(run.out())
                    .containsSubsequence("dns", "is 127.0.0.1", "connect", "tls", "TLSv1.3", "request", "status 200")
                    .contains("found:  nothing is wrong", "as chrome-156")
                    .doesNotContain("canary-query");

            Wait.until(() -> assertThat(diagnose(url(origin)).out()).contains("address 127.0.0.1: allowed"));
            assertThat(diagnose(url(http2)).out()).contains(", h2, JA4 t13d");
            JsonNode json = new ObjectMapper()
                    .readTree(ProgramRun.of("diagnose", "--json", "--admin", admin(), url(origin))
                            .out());
            assertThat(json.at("/ok").asBoolean()).isTrue();
            assertThat(json.at("/thresholds/pool.max_conns_per_host").asInt()).isEqualTo(4);
        }
    }

    @Test
    void each_way_of_failing_has_its_step_its_finding_and_its_advice() throws Exception {
        assertFailing("https://nowhere.test/", "failed dns", "check the spelling of nowhere.test");
        assertFailing("https://" + Lab.HOST + ":" + closedPort() + "/", "failed connect", "nothing listens on port");
        try (ScriptedOrigin origin =
                ScriptedOrigin.tls(TestCertificates.selfSignedLeaf(Lab.HOST)).start()) {
            assertFailing(url(origin), "failed tls", "tls.extra_ca_files");
        }
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .script(Step.readRequest(), Step.respond(503, "busy"))
                .start()) {
            ProgramRun run = diagnose(url(origin));
            assertThat(run.exit()).isZero();
            assertThat(run.out()).contains("the origin answers with its own error 503", "advice: look at the origin");
        }
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .script(Step.readRequest(), Step.close())
                .start()) {
            assertFailing(url(origin), "failed request", "the server ended the connection");
        }
        ProgramRun wrong = diagnose("nonsense");
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.err()).contains("is no whole URL");
    }

    private static void assertFailing(String url, String step, String advice) {
        ProgramRun run = diagnose(url);
        assertThat(run.exit()).as(run.toString()).isEqualTo(1);
        assertThat(run.out().replaceAll(" +", " ")).contains(step, "found: ", advice);
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void bench_through_the_proxy_and_past_it_counts_what_the_origin_saw() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            JsonNode through = bench(
                    "-c",
                    "4",
                    "-n",
                    "60",
                    "--proxy",
                    proxy(),
                    "--ca",
                    lab.root().toString(),
                    url(origin));
            assertThat(through.at("/outcomes/200").asInt()).isEqualTo(60);
            assertThat(through.at("/reuse_rate").asDouble()).isGreaterThan(0.8);
            assertThat(through.at("/p50_ms").asDouble())
                    .isPositive()
                    .isLessThanOrEqualTo(through.at("/p99.9_ms").asDouble());
            assertThat(origin.requests()).hasSize(60);

            JsonNode http2 = bench(
                    "--h2", "-n", "20", "--proxy", proxy(), "--ca", lab.root().toString(), url(origin));
            assertThat(http2.at("/outcomes/200").asInt()).isEqualTo(20);

            Path root = lab.authority().writePem(Files.createTempDirectory(lab.directory(), "pem"));
            JsonNode direct =
                    bench("--direct", "-n", "10", "--ca", root.toString(), "https://127.0.0.1:" + origin.port() + "/");
            assertThat(direct.at("/way").asText()).isEqualTo("direct");
            assertThat(direct.has("reuse_rate")).isFalse();
            assertThat(origin.requests()).hasSize(90);

            JsonNode timed = bench(
                    "-d",
                    "1",
                    "--rate",
                    "40",
                    "--proxy",
                    proxy(),
                    "--ca",
                    lab.root().toString(),
                    url(origin));
            assertThat(timed.at("/requests").asInt()).isBetween(20, 45);
        }
        ProgramRun nobody = ProgramRun.of("bench", "-n", "1", "--direct", "http://127.0.0.1:" + closedPort() + "/");
        assertThat(nobody.exit()).isEqualTo(1);
        assertThat(nobody.out()).contains("ConnectException");
        assertThat(ProgramRun.of("bench", "nonsense").err()).contains("is no whole URL");
    }

    private static String proxy() {
        return "127.0.0.1:" + lab.proxy().getPort();
    }

    private static JsonNode bench(String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of("bench", "--json"));
        words.addAll(List.of(arguments));
        ProgramRun run = ProgramRun.of(words.toArray(String[]::new));
        assertThat(run.exit()).as(run.toString()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    @Test
    void status_is_readable_and_says_the_same_as_json() throws Exception {
        ProgramRun text = ProgramRun.of("status", "--admin", admin());
        assertThat(text.exit()).as(text.toString()).isZero();
        assertThat(text.out())
                .containsPattern("ready +true")
                .containsPattern("by_protocol +\\d+ h1, \\d+ h2")
                .containsPattern("in the last +1m +5m")
                .doesNotContain("{");
        JsonNode json = new ObjectMapper()
                .readTree(ProgramRun.of("status", "--json", "--admin", admin()).out());
        assertThat(json.at("/ready").asBoolean()).isTrue();
        assertThat(json.at("/windows/1m/total_requests").isNumber()).isTrue();
        ProgramRun gone = ProgramRun.of("status", "--admin", "127.0.0.1:" + closedPort());
        assertThat(gone.exit()).isEqualTo(1);
        assertThat(gone.err()).contains("does not answer", "--admin names another port");
    }

    @Test
    void logs_counts_what_the_daemon_wrote_of_its_own_deeds() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                ScriptedOrigin dying = ScriptedOrigin.tls(lab.leaf())
                        .script(Step.readRequest(), Step.respond(200, "ok"), Step.readHead(), Step.readToEnd())
                        .start()) {
            bench("-n", "5", "--proxy", proxy(), "--ca", lab.root().toString(), url(origin));
            bench("-n", "1", "--proxy", proxy(), "--ca", lab.root().toString(), url(dying));
            send("PUT", "/api/v1/blacklist/192.0.2.9", "{}");
            send("PUT", "/api/v1/whitelist/192.0.2.10", "{}");
            send("POST", "/api/v1/health-check", "{}");
            ProgramRun.of("drain", "--admin", admin(), Lab.HOST + ":" + origin.port());
            assertThat(ProgramRun.of("prewarm", "--admin", admin(), Lab.HOST + ":" + closedPort())
                            .exit())
                    .isEqualTo(1);

            JsonNode told = logs(((DaemonProcess) lab.daemon()).log()).path("told");
            for (String what : List.of(
                    "listed", "denied", "unhealthy", "health_failed", "removed", "prewarm_failed", "dial_failed")) {
                assertThat(told.path(what).asInt()).as(what + " in " + told).isPositive();
            }
            Path access = ((DaemonProcess) lab.daemon()).log().resolveSibling("access.log");
            JsonNode exchanges = logs(access);
            assertThat(exchanges.at("/statuses/200").asInt()).isGreaterThanOrEqualTo(6);
            assertThat(exchanges.at("/hosts").has(Lab.HOST + ":" + origin.port()))
                    .isTrue();
            assertThat(exchanges.at("/not_understood").asInt()).isZero();
        }
    }

    private static JsonNode logs(Path file) throws IOException {
        ProgramRun run = ProgramRun.of("logs", "--json", file.toString());
        assertThat(run.exit()).as(run.toString()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    private static void send(String method, String path, String body) throws Exception {
        HttpRequest order = HttpRequest.newBuilder(URI.create("http://" + admin() + path))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(order, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }
}
