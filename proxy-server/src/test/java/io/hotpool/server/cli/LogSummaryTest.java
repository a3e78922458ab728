package io.hotpool.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.fault.FaultKind;
import io.hotpool.server.accesslog.AccessLine;
import io.hotpool.server.metrics.Events;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogSummaryTest {
    private static final Instant AT = Instant.parse("2026-11-23T12:00:00Z");

    private static Map<String, Object> reportOf(boolean json) {
        LogSummary summary = new LogSummary();
        for (AccessLine line : new AccessLine[] {
            new AccessLine(AT, Events.answered(200)),
            new AccessLine(AT, Events.answered(404)),
            new AccessLine(AT.plusSeconds(5), Events.failed(FaultKind.DNS_FAILED))
        }) {
            summary.add(json ? line.json() : line.text());
        }
        return summary.report(10);
    }

    @Test
    void our_own_access_lines_are_understood_in_both_forms() {
        Map<String, Object> text = reportOf(false);
        assertThat(text)
                .containsEntry("exchanges", 3L)
                .containsEntry("not_understood", 0L)
                .containsEntry("failed", 1L)
                .containsEntry("reuse_rate", 1.0)
                .containsEntry("mean_ms", 12.0)
                .containsEntry("last", "2026-11-23T12:00:05Z")
                .containsEntry("hosts", Map.of("www.example.com:443", 3L))
                .containsEntry("kinds", Map.of("dns_failed", 1L));
        Map<String, Object> json = reportOf(true);
        assertThat(json.get("hosts")).isEqualTo(text.get("hosts"));
        assertThat(json.get("statuses")).isEqualTo(text.get("statuses"));
        assertThat(json.get("p99_ms")).isEqualTo(text.get("p99_ms"));
    }

    @Test
    void the_daemons_own_lines_are_counted_by_what_they_tell() {
        LogSummary summary = new LogSummary();
        summary.add(
                "07:00:00 INFO  host a.test:443: address 192.0.2.4 denied, was allowed: 3x forbidden (allowed=5 denied=2)");
        summary.add("07:00:01 WARN  prewarming failed: dns_failed");
        summary.add("nothing that is known");
        summary.add("{\"broken");
        assertThat(summary.report(10))
                .containsEntry("told", Map.of("denied", 1L, "prewarm_failed", 1L, "warnings", 1L))
                .containsEntry("not_understood", 2L);
    }

    @Test
    void a_file_with_any_number_of_hosts_is_counted_in_bounded_memory() {
        LogSummary summary = new LogSummary();
        String line = new AccessLine(AT, Events.answered(200)).text();
        for (int i = 0; i < LogSummary.MOST_HOSTS + 500; i++) {
            summary.add(line.replace("www.example.com", "h" + i + ".test"));
        }
        assertThat(summary.report(1)).containsEntry("hosts", Map.of("(other hosts)", 500L));
    }
}
