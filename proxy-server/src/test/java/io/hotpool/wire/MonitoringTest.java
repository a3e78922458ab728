package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Nginx;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.PrometheusServer;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.Repository;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Step;
import io.hotpool.wire.fixture.Wait;
import io.hotpool.wire.fixture.Yaml;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real Prometheus scrapes a daemon that has work: nothing that rules, alerts and the Grafana dashboard ask for is missing. */
class MonitoringTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String HALF_DEAD = "half-dead.example.test";

    @RegisterExtension
    static final Lab lab = Lab.with(config -> config.host(HALF_DEAD, "127.0.11.1", "127.0.11.2")
            .set("pool", "health_check_interval = 1")
            .set("metrics", "host_labels = 5"));

    private static Nginx nginx;
    private static ScriptedOrigin forged;
    private static ScriptedOrigin forgetful;
    private static ScriptedOrigin half;
    private static PrometheusServer prometheus;

    @BeforeAll
    static void scrapeADaemonAtWork() throws Exception {
        nginx = lab.keep(Nginx.start(lab.directory(), lab.leaf()));
        nginx.file("page.html", "page");
        forged = lab.keep(ScriptedOrigin.tls(TestCertificates.selfSignedLeaf(Lab.HOST))
                .script(Step.readToEnd())
                .start());
        forgetful = lab.keep(ScriptedOrigin.tls(lab.leaf())
                .script(Step.readRequest(), Step.respond(200, "ok"), Step.readRequest(), Step.reset())
                .start());
        half = lab.keep(ScriptedOrigin.clear()
                .at(InetAddress.getByName("127.0.11.1"), 0)
                .script(Step.readRequest(), Step.respond(200, "ok"), Step.close())
                .start());
        prometheus = lab.keep(PrometheusServer.scraping(lab.daemon().admin(), lab.directory()));
        // A rate needs what was before and what came after: work between two scrapes.
        Wait.until(() -> assertThat(prometheus.query("hotpool_build_info")).isNotEmpty());
        work();
        Wait.until(() -> assertThat(
                        prometheus.query(
                                "sum(hotpool_retries_total) > 0 and sum(hotpool_host_errors_total) > 0 and sum(hotpool_address_moves_total) > 0"))
                .isNotEmpty());
        work();
        Wait.until(() -> assertThat(prometheus.query("sum(rate(hotpool_health_checks_total[1m])) > 0"))
                .isNotEmpty());
    }

    /** Something of everything: both protocols, intercepted and not, errors, retries, lists, prewarming, a reload. */
    private static void work() throws Exception {
        for (int port : new int[] {nginx.h2Port(), nginx.h1Port()}) {
            String url = "https://" + Lab.HOST + ":" + port + "/page.html";
            lab.curl(url, url, url).run().ok();
            for (int i = 0; i < 10; i++) {
                assertThat(get(url).status()).isEqualTo(200);
            }
        }
        for (int i = 0; i < 10; i++) {
            assertThat(get("https://" + Lab.HOST + ":" + forged.port() + "/").text())
                    .contains("tls_certificate");
        }
        for (int i = 0; i < 4; i++) {
            assertThat(get("https://" + Lab.HOST + ":" + forgetful.port() + "/").status())
                    .isEqualTo(200);
        }
        for (int i = 0; i < 20; i++) {
            assertThat(get("http://" + HALF_DEAD + ":" + half.port() + "/").status())
                    .isEqualTo(200);
        }
        post("/api/v1/prewarm", "{\"host\": \"" + Lab.OTHER + "\", \"port\": " + nginx.h1Port() + ", \"count\": 2}");
        post("/api/v1/reload", "{}");
    }

    @Test
    void promtool_finds_nothing_wrong_with_the_page_of_a_daemon_at_work() {
        String page = lab.admin("/metrics");

        Program.Output output = Program.named("promtool")
                .args("check", "metrics")
                .input(page.getBytes(StandardCharsets.UTF_8))
                .run()
                .ok();

        assertThat(page).contains("hotpool_requests_total{", "hotpool_address_moves_total{");
        assertThat(output.text() + output.errors()).isBlank();
    }

    @Test
    void every_recording_rule_has_a_value() {
        List<JsonNode> recording = rules("recording");
        assertThat(recording).hasSizeGreaterThanOrEqualTo(8);
        for (JsonNode rule : recording) {
            assertThat(rule.get("health").asText()).as(rule.toString()).isEqualTo("ok");
            assertAnswered(rule.get("name").asText());
        }
    }

    /** With {@code bool} a comparison answers 0 or 1 instead of nothing: then what it compares was there. */
    @Test
    void every_alert_compares_what_is_there() {
        List<JsonNode> alerts = rules("alerting");
        assertThat(alerts)
                .extracting(alert -> alert.get("name").asText())
                .contains(
                        "HotpoolDown",
                        "HotpoolSuccessRateLow",
                        "HotpoolResponsesSlow",
                        "HotpoolConnectionsUnhealthy",
                        "HotpoolPoolExhausted",
                        "HotpoolCertificateFailures",
                        "HotpoolAddressChurn");
        for (JsonNode alert : alerts) {
            assertThat(alert.get("health").asText()).as(alert.toString()).isEqualTo("ok");
            String expression = alert.get("query").asText();
            String comparing = expression.replaceAll(" (==|!=|<=|>=|<|>) (?=[0-9])", " $1 bool ");
            assertThat(comparing).isNotEqualTo(expression);
            assertAnswered(comparing);
        }
    }

    @Test
    void refused_certificates_raise_their_alert() {
        Wait.until(() -> assertThat(
                        prometheus.query("ALERTS{alertname=\"HotpoolCertificateFailures\",alertstate=\"firing\"}"))
                .hasSize(1));
        assertThat(prometheus.query("ALERTS{alertname=\"HotpoolDown\"}")).isEmpty();
    }

    @Test
    void every_panel_of_the_dashboard_has_data() {
        Wait.until(() ->
                assertThat(prometheus.query("ALERTS{alertstate=\"firing\"}")).isNotEmpty());
        List<String> expressions = new ArrayList<>();
        JsonNode dashboard = Yaml.read(Repository.root().resolve("docker/grafana/dashboards/hotpool.json"));
        dashboard.findValues("expr").forEach(expression -> expressions.add(expression.asText()));
        assertThat(expressions).hasSizeGreaterThan(40);
        for (JsonNode variable : dashboard.get("templating").get("list")) {
            Matcher labels = Pattern.compile("label_values\\((.*), \\w+\\)")
                    .matcher(variable.path("definition").asText());
            if (labels.matches()) {
                expressions.add(labels.group(1));
            }
        }
        for (String expression : expressions) {
            assertAnswered(expression
                    .replace("$__rate_interval", "1m")
                    .replace("$job", "hotpool")
                    .replace("$instance", ".*"));
        }
    }

    /** There is a sample, and a number in it; at the latest when the rules were evaluated once more. */
    private static void assertAnswered(String expression) {
        Wait.until(() -> assertThat(prometheus.query(expression))
                .as(expression)
                .anySatisfy(sample ->
                        assertThat(sample.get("value").get(1).asText()).isNotEqualTo("NaN")));
    }

    private static List<JsonNode> rules(String type) {
        return StreamSupport.stream(prometheus.rules().spliterator(), false)
                .flatMap(group -> StreamSupport.stream(group.get("rules").spliterator(), false))
                .filter(rule -> rule.get("type").asText().equals(type))
                .toList();
    }

    private static RawClient.Response get(String url) throws IOException {
        try (RawClient client = lab.client()) {
            return client.get(url, "Host: " + URI.create(url).getAuthority());
        }
    }

    private static void post(String path, String body) throws Exception {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + lab.daemon().admin().getPort() + path))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .header("Content-Type", "application/json")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
