package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Step;
import io.hotpool.wire.fixture.Wait;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pool of a running daemon: settings changed by its API, and what it tells by itself. */
@Timeout(60)
class LivePoolTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final Lab lab = Lab.with(config -> config.set("alerts", "interval = \"1s\""));

    private static JsonNode patch(String json) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + lab.daemon().admin().getPort() + "/api/v1/config"))
                .header("Content-Type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(json))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static Map<String, String> everySetting() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("pool.max_connections", "60");
        values.put("pool.max_conns_per_host", "6");
        values.put("pool.max_idle_conns", "12");
        values.put("pool.conn_timeout", "\"11s\"");
        values.put("pool.max_lifetime", "\"200s\"");
        values.put("pool.test_timeout", "\"6s\"");
        values.put("pool.health_check_interval", "\"20s\"");
        values.put("pool.cleanup_interval", "\"40s\"");
        values.put("pool.blacklist_check_interval", "\"100s\"");
        values.put("pool.dns_update_interval", "\"1000s\"");
        values.put("pool.max_retries", "2");
        values.put("pool.acquire_timeout", "\"9s\"");
        values.put("pool.max_pending", "500");
        values.put("pool.min_hot", "1");
        values.put("pool.auto_tune", "true");
        values.put("pool.idle_timeout", "\"1s\"");
        return values;
    }

    @Test
    void every_setting_changes_in_a_running_daemon_and_what_is_under_way_goes_on() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        try (ScriptedOrigin slow = ScriptedOrigin.tls(lab.leaf())
                        .script(Step.readRequest(), Step.await(letGo), Step.respond(200, "whole"))
                        .start();
                ScriptedOrigin quick = ScriptedOrigin.tls(lab.leaf()).start();
                RawClient busy = lab.client();
                RawClient other = lab.client()) {
            String authority = Lab.HOST + ":" + slow.port();
            busy.send("GET https://" + authority + "/ HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
            Wait.until(() -> assertThat(slow.requests()).hasSize(1));
            String quickAuthority = Lab.OTHER + ":" + quick.port();
            assertThat(other.get("https://" + quickAuthority + "/", "Host: " + quickAuthority)
                            .status())
                    .isEqualTo(200);
            for (Map.Entry<String, String> setting : everySetting().entrySet()) {
                JsonNode change = patch("{\"" + setting.getKey() + "\": " + setting.getValue() + "}");
                assertThat(change.at("/changes/0/key").asText()).isEqualTo(setting.getKey());
                assertThat(change.at("/changes/0/after/origin").asText()).isEqualTo("PATCH /api/v1/config");
            }
            assertThat(lab.stats().at("/tuning/on").asBoolean()).isTrue();
            patch("{\"pool.min_hot\": 0}");
            Wait.until(() -> assertThat(quick.open())
                    .as("idle_timeout acts on what is open")
                    .isZero());
            letGo.countDown();
            assertThat(busy.readResponse().text()).isEqualTo("whole");
        } finally {
            StringBuilder back = new StringBuilder("{");
            everySetting().keySet().forEach(key -> back.append('"').append(key).append("\": null, "));
            patch(back.append("\"pool.min_hot\": null}").toString().replaceFirst("\"pool.min_hot\": null, ", ""));
        }
    }

    @Test
    void an_alert_is_told_by_page_metric_and_event() throws Exception {
        int refused;
        try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refused = unused.getLocalPort();
        }
        assertThat(lab.metric("hotpool_alert", "success_rate")).isZero();
        try (RawClient client = lab.client()) {
            String authority = Lab.HOST + ":" + refused;
            for (int i = 0; i < 40; i++) {
                assertThat(client.get("https://" + authority + "/", "Host: " + authority)
                                .status())
                        .isGreaterThanOrEqualTo(500);
            }
        }
        Wait.until(() -> {
            JsonNode alert = JSON.readTree(lab.admin("/api/v1/alerts")).at("/alerts/0");
            assertThat(alert.get("alert").asText()).isEqualTo("success_rate");
            assertThat(alert.get("advice").asText()).contains("diagnose");
        });
        assertThat(lab.metric("hotpool_alert", "success_rate")).isEqualTo(1);
        assertThat(lab.stats().at("/alerts/0").asText()).isEqualTo("success_rate");
        HttpResponse<InputStream> events = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                        + lab.daemon().admin().getPort()
                                        + "/api/v1/events?recent=500&types=alert"))
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        StringBuilder seen = new StringBuilder();
        try (InputStream in = events.body()) {
            while (seen.indexOf("\"success_rate\"") < 0) {
                seen.append((char) in.read());
            }
        }
        assertThat(seen).contains("event: alert");
    }
}
