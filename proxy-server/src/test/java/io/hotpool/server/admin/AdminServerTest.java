package io.hotpool.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.Tier;
import io.hotpool.pool.Tuning;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.server.alert.Alert;
import io.hotpool.server.metrics.Events;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdminServerTest extends AdminFixture {
    @Test
    void health_check_and_cleanup_answer_with_what_they_found() throws IOException {
        assertThat(post("/api/v1/health-check").json().toString())
                .isEqualTo("{\"healthy\":2,\"unhealthy\":3,\"closed\":4,\"busy\":1}");
        assertThat(post("/api/v1/cleanup").json().get("closed").asInt()).isEqualTo(11);
    }

    @Test
    void prewarm_takes_one_order_or_a_list_and_answers_in_the_same_form() throws IOException {
        JsonNode one = post("/api/v1/prewarm", "{\"host\":\"a.test:8443\",\"count\":3}")
                .json();
        assertThat(one.at("/port").asInt()).isEqualTo(8443);
        assertThat(one.at("/requested").asInt()).isEqualTo(3);
        assertThat(one.at("/opened").asInt()).isEqualTo(1);
        assertThat(one.at("/refused/max_connections").asInt()).isEqualTo(2);

        JsonNode two = post("/api/v1/prewarm", "[{\"host\":\"a.test\"},{\"host\":\"b.test\",\"port\":80}]")
                .json();
        assertThat(two).hasSize(2);
        assertThat(two.at("/1/host").asText()).isEqualTo("b.test");
    }

    @Test
    void a_prewarm_order_that_cannot_be_carried_out_is_refused() throws IOException {
        for (String body : List.of(
                "nonsense",
                "7",
                "{}",
                "{\"host\":5}",
                "{\"host\":\"a.test\",\"count\":0}",
                "{\"host\":\"a.test\",\"count\":10001}",
                "{\"host\":\"a.test\",\"scheme\":\"ftp\"}",
                "{\"host\":\"a.test\",\"profile\":\"lynx\"}",
                "{\"host\":\"a.test\",\"hots\":1}")) {
            assertThat(post("/api/v1/prewarm", body).status()).as(body).isEqualTo(400);
        }
    }

    @Test
    void what_promtool_says_of_the_metrics() throws Exception {
        assumeTrue(
                new ProcessBuilder("sh", "-c", "command -v promtool").start().waitFor() == 0,
                "promtool is not installed");
        metrics.exchangeObserver().exchangeEnded(Events.answered(200));
        Reply reply = get("/metrics");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).contains("hotpool_requests_total{");
        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectErrorStream(true)
                .start();
        promtool.getOutputStream().write(reply.body().getBytes(StandardCharsets.UTF_8));
        promtool.getOutputStream().close();
        String complaints = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(complaints.lines().filter(line -> line.contains("hotpool_"))).isEmpty();
        assertThat(promtool.exitValue())
                .as(complaints)
                .isIn(0, 3); // 3: names that are not ours do not please the linter
    }

    @Test
    void the_metrics_answer_in_the_format_that_is_asked_for() throws IOException {
        assertThat(get("/metrics").head()).contains("content-type: text/plain; version=0.0.4");
        Reply open = request("GET", "/metrics", "Accept: application/openmetrics-text; version=1.0.0\r\n", "");
        assertThat(open.head()).contains("application/openmetrics-text");
        assertThat(open.body()).endsWith("# EOF\n");
    }

    @Test
    void readiness_ends_when_draining_begins() throws IOException {
        assertThat(get("/healthz").body()).isEqualTo("ok\n");
        assertThat(get("/readyz").status()).isEqualTo(200);
        ready = false;
        Reply draining = get("/readyz");
        assertThat(draining.status()).isEqualTo(503);
        assertThat(draining.head()).contains("application/problem+json");
        assertThat(get("/healthz").status()).isEqualTo(200);
    }

    @Test
    void the_statistics_are_those_of_the_process_and_the_pool() throws IOException {
        statistics.exchangeEnded(Events.answered(200));
        statistics.exchangeEnded(Events.answered(500));
        showOneConnection();
        JsonNode stats = get("/api/v1/stats").json();
        assertThat(stats.get("total_connections").asInt()).isEqualTo(1);
        assertThat(stats.get("idle_connections").asInt()).isEqualTo(1);
        assertThat(stats.get("healthy_connections").asInt()).isEqualTo(1);
        assertThat(stats.get("by_protocol").get("h2").asInt()).isEqualTo(1);
        assertThat(stats.get("total_requests").asInt()).isEqualTo(2);
        assertThat(stats.get("success_rate").asDouble()).isEqualTo(1);
        assertThat(stats.get("avg_response_time_ms").asDouble()).isEqualTo(10);
        assertThat(stats.get("is_healthy").asBoolean()).isTrue();
        assertThat(stats.get("response_time_ms").get("p50").asDouble()).isCloseTo(10, within(0.1));
        assertThat(stats.get("response_time_ms").get("p99").asDouble()).isCloseTo(10, within(0.1));
        assertThat(stats.get("connections_opened").asInt()).isEqualTo(9);
        assertThat(stats.get("whitelist_moves").asInt()).isEqualTo(3);
        assertThat(stats.get("new_connections_from_dns").asInt()).isEqualTo(7);
        assertThat(stats.get("windows").get("1m").get("total_requests").asInt()).isEqualTo(2);
    }

    @Test
    void limits_that_follow_the_load_are_shown_with_their_origin() throws IOException {
        JsonNode before = get("/api/v1/config").json().get("keys");
        assertThat(before.get("pool.max_connections").get("origin").asText()).isEqualTo("default");
        PoolConfig inForce = Tier.HIGH.over(PoolConfig.DEFAULTS);
        pool.tuning = new Tuning(true, Tier.HIGH, Instant.EPOCH, 321.5, inForce);
        JsonNode keys = get("/api/v1/config").json().get("keys");
        assertThat(keys.get("pool.max_connections").get("value").asText()).isEqualTo("200");
        assertThat(keys.get("pool.max_connections").get("origin").asText()).isEqualTo("auto_tune");
        assertThat(keys.get("pool.idle_timeout").get("value").asText()).isEqualTo("30s");
        assertThat(keys.get("pool.idle_timeout").get("toml").asText()).isEqualTo("\"30s\"");
        assertThat(keys.get("pool.min_hot").get("origin").asText()).isEqualTo("default");
        JsonNode tuning = get("/api/v1/stats").json().get("tuning");
        assertThat(tuning.get("tier").asText()).isEqualTo("high");
        assertThat(tuning.get("requests_per_second").asDouble()).isEqualTo(321.5);
    }

    @Test
    void alerts_that_stand_are_listed_with_their_advice() throws IOException {
        assertThat(get("/api/v1/alerts").json().get("alerts")).isEmpty();
        standing = List.of(new Alert(Alert.Kind.REUSE_RATE, Instant.EPOCH, 0.25, 0.5, "what", "what to do"));
        JsonNode alert = get("/api/v1/alerts").json().get("alerts").get(0);
        assertThat(alert.get("alert").asText()).isEqualTo("reuse_rate");
        assertThat(alert.get("advice").asText()).isEqualTo("what to do");
        assertThat(get("/api/v1/stats").json().get("alerts").get(0).asText()).isEqualTo("reuse_rate");
    }

    @Test
    void connections_are_listed_filtered_and_found_by_id() throws IOException {
        showOneConnection();
        Reply all = get("/api/v1/connections");
        assertThat(all.head()).contains("X-Total-Count: 1");
        JsonNode one = all.json().get(0);
        assertThat(one.get("host").asText()).isEqualTo("www.example.com");
        assertThat(one.get("ja4").asText()).isEqualTo("t13d1517h2_8daaf6152771_cb7bf5808d99");
        assertThat(one.get("in_use").asBoolean()).isFalse();
        assertThat(get("/api/v1/connections?healthy=false").json()).isEmpty();
        assertThat(get("/api/v1/connections?host=other.example").json()).isEmpty();
        assertThat(get("/api/v1/connections?host=www.example.com:443").json()).hasSize(1);
        assertThat(get("/api/v1/connections?offset=1").json()).isEmpty();
        assertThat(get("/api/v1/connections?limit=x").status()).isEqualTo(400);
        assertThat(get("/api/v1/connections/7").json().get("requests").asInt()).isEqualTo(12);
        assertThat(get("/api/v1/connections/8").status()).isEqualTo(404);
    }

    @Test
    void hosts_are_listed_and_drained_by_order() throws IOException {
        showOneConnection();
        assertThat(get("/api/v1/hosts").json().get(0).get("idle").asInt()).isEqualTo(1);
        assertThat(get("/api/v1/hosts/www.example.com").json().get(0).get("connection_list"))
                .hasSize(1);
        assertThat(get("/api/v1/hosts/other.example").status()).isEqualTo(404);
        assertThat(post("/api/v1/hosts/www.example.com:443/drain")
                        .json()
                        .get("closed_or_retired")
                        .asInt())
                .isEqualTo(3);
        assertThat(pool.drained).isEqualTo("www.example.com:443");
        assertThat(post("/api/v1/hosts/www.example.com:0/drain").status()).isEqualTo(400);
        assertThat(post("/api/v1/flush").status()).isEqualTo(200);
        assertThat(pool.flushed).isTrue();
    }

    @Test
    void reading_changes_nothing() throws IOException {
        Reply reply = get("/api/v1/flush");
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.head()).contains("Allow: POST");
        assertThat(pool.flushed).isFalse();
    }

    @Test
    void a_page_of_another_origin_changes_nothing() throws IOException {
        String token = "Authorization: Bearer canary-token\r\n";
        String json = "Content-Type: application/json\r\n";
        for (String foreign : List.of("Origin: http://evil.example\r\n", "Sec-Fetch-Site: cross-site\r\n")) {
            assertThat(request("POST", "/api/v1/flush", token + json + foreign, "{}")
                            .status())
                    .isEqualTo(403);
        }
        assertThat(request("POST", "/api/v1/flush", token + "Content-Type: text/plain\r\n", "{}")
                        .status())
                .isEqualTo(415);
        assertThat(request("OPTIONS", "/api/v1/flush", "Origin: http://evil.example\r\n", "")
                        .head())
                .contains("403")
                .doesNotContainIgnoringCase("access-control");
        assertThat(raw("POST /api/v1/flush HTTP/1.1\r\nHost: rebound.example\r\n" + token + json
                                + "Connection: close\r\nContent-Length: 2\r\n\r\n{}")
                        .status())
                .isEqualTo(403);
        assertThat(pool.flushed).isFalse();
    }

    @Test
    void without_the_token_there_is_no_api() throws IOException {
        Reply reply = request("GET", "/api/v1/stats", "", "");
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.head()).contains("WWW-Authenticate: Bearer");
        assertThat(request("GET", "/metrics", "", "").status()).isEqualTo(200);
        assertThat(request("GET", "/ca.pem", "", "").body()).isEqualTo(leaves.rootPem());
        assertThat(request("GET", "/", "", "").body()).contains("<title>hotpool</title>");
    }

    @Test
    void the_configuration_is_shown_with_where_it_came_from_and_without_secrets() throws IOException {
        Reply reply = get("/api/v1/config");
        JsonNode token = reply.json().get("keys").get("admin.token");
        assertThat(token.get("origin").asText()).startsWith(file() + ":2");
        assertThat(reply.body()).doesNotContain("canary-token");
        assertThat(reply.json()
                        .get("keys")
                        .get("pool.max_connections")
                        .get("value")
                        .asText())
                .isEqualTo("100");
    }

    @Test
    void a_reload_is_applied_or_refused_whole_with_reasons() throws IOException {
        Files.writeString(file(), "[pool]\nmax_connections = -1\n");
        Reply refused = post("/api/v1/reload");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().get("problems").get(0).asText()).contains("pool.max_connections");
        assertThat(live.get().pool().maxConnections()).isEqualTo(100);
        Files.writeString(file(), "[admin]\ntoken = \"canary-token\"\n[pool]\nmax_connections = 70\n");
        assertThat(post("/api/v1/reload").json().get("changed").get(0).asText()).isEqualTo("pool.max_connections");
        assertThat(live.get().pool().maxConnections()).isEqualTo(70);
    }

    @Test
    void a_live_change_is_checked_as_the_file_is_and_says_what_changed_and_from_where() throws IOException {
        JsonNode change =
                patch("{\"pool.max_connections\": 70}").json().get("changes").get(0);
        assertThat(change.get("key").asText()).isEqualTo("pool.max_connections");
        assertThat(change.get("before").get("value").asText()).isEqualTo("100");
        assertThat(change.get("before").get("origin").asText()).isEqualTo("default");
        assertThat(change.get("after").get("value").asText()).isEqualTo("70");
        assertThat(change.get("after").get("origin").asText()).isEqualTo("PATCH /api/v1/config");
        assertThat(live.get().pool().maxConnections()).isEqualTo(70);
        assertThat(patch("{\"dns.hosts\": {\"a.test\": [\"192.0.2.1\"]}, \"rule\": [{\"host\": \"*.b.test\", "
                                + "\"tunnel\": true}], \"pool.idle_timeout\": \"90s\"}")
                        .status())
                .isEqualTo(200);
        assertThat(live.get().rules().get(0).host()).isEqualTo("*.b.test");
        assertThat(live.get().pool().idleTimeout()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void values_have_the_type_of_their_key_and_sections_may_be_objects() throws IOException {
        assertThat(patch(
                                "{\"pool\": {\"max_connections\": 70, \"idle_timeout\": \"90s\"}, \"dns\": {\"hosts\": {\"a.test\": [\"192.0.2.1\"]}}}")
                        .status())
                .isEqualTo(200);
        JsonNode keys = get("/api/v1/config").json().get("keys");
        assertThat(keys.get("pool.max_connections").get("value").isIntegralNumber())
                .isTrue();
        assertThat(keys.get("pool.max_connections").get("value").asInt()).isEqualTo(70);
        assertThat(keys.get("pool.max_connections").get("toml").asText()).isEqualTo("70");
        assertThat(keys.get("pool.idle_timeout").get("value").asText()).isEqualTo("90s");
        assertThat(keys.get("dns.hosts").get("value").get("a.test").get(0).asText())
                .isEqualTo("192.0.2.1");
        assertThat(keys.get("proxy.listen").get("value").isArray()).isTrue();
        assertThat(keys.get("tls.verify").get("value").isBoolean()).isTrue();
        assertThat(patch("{\"pool\": {\"max_conections\": 70}}").body())
                .contains("pool.max_conections", "pool.max_connections?");
        assertThat(patch("{\"pool\": {\"max_connections\": null}}").status()).isEqualTo(200);
        assertThat(live.get().pool().maxConnections()).isEqualTo(100);
    }

    @Test
    void a_live_change_outlives_a_reload_and_ends_when_it_is_taken_back() throws IOException {
        patch("{\"pool.max_connections\": 70}");
        post("/api/v1/reload");
        assertThat(live.get().pool().maxConnections()).isEqualTo(70);
        assertThat(patch("{\"pool.max_connections\": null}")
                        .json()
                        .get("changed")
                        .get(0)
                        .asText())
                .isEqualTo("pool.max_connections");
        assertThat(live.get().pool().maxConnections()).isEqualTo(100);
    }

    @Test
    void a_live_change_with_a_mistake_changes_nothing() throws IOException {
        Reply wrong = patch("{\"pool.max_connections\": -1, \"pool.min_hot\": 2, \"pool.max_connectoins\": 3}");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.json().get("problems").toString())
                .contains("pool.max_connections = -1", "pool.max_connectoins");
        assertThat(live.get().pool().minHot()).isZero();
        assertThat(patch("{\"proxy.listen\": \"127.0.0.1:1234\"}").body()).contains("restart");
        assertThat(patch("[]").status()).isEqualTo(400);
        assertThat(patch("{\"dns.servers\": [null]}").status()).isEqualTo(400);
        assertThat(post("/api/v1/reload").status()).isEqualTo(200);
    }

    @Test
    void what_happens_is_told_as_it_happens() throws IOException {
        try (Socket events = openEvents("")) {
            assertThat(readUntil(events, "retry:")).contains("200 OK", "text/event-stream", "no-store");
            feed.connectionOpened(Events.connection(7, Events.ORIGIN, Protocol.H2));
            assertThat(readUntil(events, "data:"))
                    .contains("event: connection_opened", "\"host\":\"www.example.com:443\"");
            feed.connectionClosed(Events.connection(7, Events.ORIGIN, Protocol.H2), CloseReason.PEER_GOAWAY, 12);
            assertThat(readUntil(events, "data:")).contains("\"reason\":\"peer_goaway\"", "\"requests\":12");
            feed.exchangeEnded(Events.failed(FaultKind.CLIENT_GONE));
            feed.exchangeEnded(Events.answered(500));
            feed.exchangeEnded(Events.failed(FaultKind.DNS_FAILED));
            assertThat(readUntil(events, "data:"))
                    .contains("event: exchange_failed", "\"kind\":\"dns_failed\"")
                    .doesNotContain("client_gone", "/path");
            patch("{\"pool.max_connections\": 70}");
            assertThat(readUntil(events, "data:")).contains("event: reload", "\"changed\":[\"pool.max_connections\"]");
        }
    }

    @Test
    void a_reader_that_comes_back_gets_what_it_missed() throws IOException {
        for (int i = 0; i < 5; i++) {
            feed.publish("number", Map.of("value", "n" + i));
        }
        String last;
        try (Socket events = openEvents("?recent=500")) {
            String seen = readUntil(events, "\"value\":\"n2\"");
            last = seen.substring(seen.lastIndexOf("id: ") + 4)
                    .lines()
                    .findFirst()
                    .orElseThrow();
        }
        try (Socket events = openEvents("?types=number")) {
            readUntil(events, "retry:");
            feed.publish("other", Map.of("value", "unwanted"));
            feed.publish("number", Map.of("value", "n5"));
            assertThat(readUntil(events, "n5")).doesNotContain("unwanted", "n4");
        }
        Reply again =
                request("GET", "/api/v1/events", "Authorization: Bearer canary-token\r\nLast-Event-ID: x\r\n", "");
        assertThat(again.status()).isEqualTo(400);
        try (Socket events = new Socket(ANY_PORT.getAddress(), port())) {
            events.setSoTimeout(10_000);
            events.getOutputStream()
                    .write(("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: " + last
                                    + "\r\nAuthorization: Bearer canary-token\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(readUntil(events, "n4")).contains("n3").doesNotContain("n2");
        }
    }

    @Test
    void a_reader_of_events_that_does_not_read_is_cut() throws IOException {
        try (Socket events = openEvents("")) {
            readUntil(events, "retry:");
            String long8k = "x".repeat(8 * 1024);
            for (int round = 0; round < 40; round++) {
                int before = round;
                for (int i = 0; i < 400; i++) {
                    feed.publish("filler", Map.of("text", long8k));
                }
                await().pollDelay(Duration.ofMillis(120)).until(() -> before >= 0);
            }
            // A stream that lives on would time out here, between two heartbeats.
            byte[] piece = new byte[64 * 1024];
            assertThatCode(() -> {
                        try {
                            while (events.getInputStream().read(piece) >= 0) {
                                Thread.onSpinWait();
                            }
                        } catch (SocketException reset) {
                            // Cut the hard way.
                        }
                    })
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void the_page_and_its_parts_come_from_the_jar_and_may_load_nothing_else() throws IOException {
        Reply page = request("GET", "/", "", "");
        assertThat(page.head()).contains("text/html", "default-src 'none'; script-src 'self'", "connect-src 'self'");
        var parts = Pattern.compile("(?:src|href)=\"(/assets/[^\"]+)\"").matcher(page.body());
        int seen = 0;
        for (; parts.find(); seen++) {
            assertThat(request("GET", parts.group(1), "", "").status())
                    .as(parts.group(1))
                    .isEqualTo(200);
        }
        assertThat(seen).isGreaterThan(4);
        assertThat(page.body().replaceAll(" placeholder=\"[^\"]*\"", "")).doesNotContain("//", "style=", "onclick=");
        assertThat(request("GET", "/assets/../api/v1/config", "", "").body()).doesNotContain("pool.");
    }

    @Test
    void the_profiles_are_listed_and_a_near_name_is_proposed() throws IOException {
        assertThat(get("/api/v1/profiles").json()).isNotEmpty();
        assertThat(get("/api/v1/profiles/chrome").json().get("ja4").asText()).startsWith("t13d");
        assertThat(get("/api/v1/profiles/chrme").json().get("detail").asText()).contains("chrom");
    }

    @Test
    void a_browser_gets_its_proxy_settings() throws IOException {
        Reply reply = get("/proxy.pac");
        assertThat(reply.head()).contains("application/x-ns-proxy-autoconfig");
        assertThat(reply.body()).contains("return \"PROXY 127.0.0.1:8080\";");
    }

    @Test
    void head_gives_the_head_alone() throws IOException {
        Reply reply = request("HEAD", "/healthz", "", "");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.head()).contains("content-length: 3");
        assertThat(reply.body()).isEmpty();
    }

    @Test
    void pipelined_requests_are_answered_in_order() throws IOException {
        String host = " HTTP/1.1\r\nHost: localhost\r\n";
        Reply reply = raw("GET /metrics" + host + "\r\nGET /healthz" + host + "\r\nGET /nothing" + host
                + "Connection: close\r\n\r\n");
        assertThat(reply.head()).startsWith("HTTP/1.1 200");
        assertThat(reply.body()).containsSubsequence("hotpool_build_info", "HTTP/1.1 200", "ok\n", "HTTP/1.1 401");
    }

    @Test
    void what_is_no_request_is_refused_and_closed() throws IOException {
        assertThat(raw("HELLO\r\n\r\n").status()).isEqualTo(400);
        assertThat(raw("GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n")
                        .body())
                .contains("not the proxy port");
        assertThat(raw("GET /" + "x".repeat(9000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .status())
                .isEqualTo(414);
        assertThat(raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(17_000) + "\r\n\r\n")
                        .status())
                .isEqualTo(431);
        assertThat(get("/%zz").status()).isEqualTo(400);
        assertThat(request("POST", "/api/v1/flush", "Content-Type: application/json\r\n", "x".repeat(70_000))
                        .status())
                .isEqualTo(413);
    }

    @Test
    void a_request_that_trickles_in_is_cut() throws IOException {
        server.close();
        server = start(Duration.ofMillis(300));
        try (Socket socket = new Socket(ANY_PORT.getAddress(), port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localho".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void a_port_that_is_taken_is_named() {
        List<InetSocketAddress> taken = server.addresses();
        AdminServices services = new AdminServices(
                pool,
                live::loaded,
                Profiles::builtIn,
                leaves,
                metrics,
                statistics,
                List::of,
                () -> true,
                live::reload,
                live::change,
                feed,
                AdminFixture::order,
                new ToldInspections(),
                List::of);
        assertThatThrownBy(() -> AdminServer.start(services, taken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("admin.listen")
                .hasMessageContaining(Integer.toString(port()));
    }
}
