package io.hotpool.server.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.server.metrics.Events;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AccessLineTest {
    private static final Instant AT = Instant.parse("2026-11-23T12:00:00Z");

    private static AccessLine line(String path) {
        return new AccessLine(AT, Events.ended("forward", Origin.http("a.example", 8080), path, 200, null));
    }

    @Test
    void a_line_for_people_says_who_what_and_how_it_went() {
        assertThat(line("/x").text())
                .isEqualTo("2026-11-23T12:00:00Z 42 127.0.0.1:50123 forward GET http://a.example:8080/x 200 kind=-"
                        + " total=12.0ms wait=1.0ms ttfb=9.0ms in=10 out=2000 client_protocol=h1 protocol=h2"
                        + " profile=chrome-156 connection=7 reused=true ip=192.0.2.7 user=-");
    }

    @Test
    void a_line_for_machines_is_one_json_object() throws Exception {
        String text = line("/x").json();
        assertThat(text).doesNotContain("\n");
        JsonNode json = new ObjectMapper().readTree(text);
        assertThat(json.get("host").asText()).isEqualTo("a.example");
        assertThat(json.get("port").asInt()).isEqualTo(8080);
        assertThat(json.get("status").asInt()).isEqualTo(200);
        assertThat(json.get("ttfb_ms").asDouble()).isEqualTo(9);
        assertThat(json.get("connection").asLong()).isEqualTo(7);
        assertThat(json.has("kind")).isFalse();
    }

    @Test
    void a_fault_is_named() throws Exception {
        AccessLine failed = new AccessLine(AT, Events.failed(FaultKind.CONNECT_REFUSED));
        assertThat(failed.text()).contains(" 502 kind=connect_refused ", " connection=- reused=- ip=-");
        JsonNode json = new ObjectMapper().readTree(failed.json());
        assertThat(json.get("kind").asText()).isEqualTo("connect_refused");
        assertThat(json.has("connection")).isFalse();
    }

    @Test
    void a_query_is_never_written() {
        AccessLine line = line("/x?token=canary");
        assertThat(line.text()).contains("/x 200").doesNotContain("canary");
        assertThat(line.json()).doesNotContain("canary");
    }

    @Test
    void a_path_cannot_make_a_line_of_its_own() {
        AccessLine line = line("/a\r\n2026 forged\u2028 ü");
        assertThat(line.text()).hasLineCount(1).contains("/a%0D%0A2026%20forged%E2%80%A8%20%C3%BC 200");
        assertThat(line.json()).hasLineCount(1);
    }

    @Test
    void a_very_long_path_is_cut() {
        assertThat(line("/" + "x".repeat(10_000)).text()).hasSizeLessThan(2500).contains("xxx... 200");
    }
}
