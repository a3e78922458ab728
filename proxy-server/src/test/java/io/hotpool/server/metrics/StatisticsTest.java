package io.hotpool.server.metrics;

import static io.hotpool.server.metrics.Events.answered;
import static io.hotpool.server.metrics.Events.failed;
import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.PoolListener.AcquireOutcome;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.stats.Totals;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private final Statistics statistics =
            new Statistics(Clock.fixed(Instant.parse("2026-11-23T12:00:00Z"), ZoneOffset.UTC));

    @Test
    void an_origins_error_is_a_success_and_a_fault_is_a_failure() {
        statistics.exchangeEnded(answered(200));
        statistics.exchangeEnded(answered(404));
        statistics.exchangeEnded(answered(503));
        statistics.exchangeEnded(failed(FaultKind.CONNECT_REFUSED));
        assertThat(statistics.totals().requests()).isEqualTo(4);
        assertThat(statistics.totals().failed()).isEqualTo(1);
        assertThat(statistics.totals().successRate()).isEqualTo(0.75);
    }

    @Test
    void a_client_that_left_or_is_asked_for_a_password_and_the_built_in_host_do_not_count() {
        statistics.exchangeEnded(failed(FaultKind.CLIENT_GONE));
        statistics.exchangeEnded(failed(FaultKind.PROXY_AUTHENTICATION));
        statistics.exchangeEnded(Events.ended("internal", Events.ORIGIN, "/fingerprint", 200, null));
        assertThat(statistics.totals().requests()).isZero();
    }

    @Test
    void the_response_time_is_from_the_request_to_the_response_head_of_those_that_got_one() {
        statistics.exchangeEnded(answered(200));
        statistics.exchangeEnded(failed(FaultKind.CONNECT_TIMEOUT));
        assertThat(statistics.totals().averageResponseMillis()).isEqualTo(10);
    }

    @Test
    void the_reuse_rate_is_the_share_of_acquires_that_found_a_connection() {
        assertThat(statistics.totals().reuseRate()).isZero();
        for (int i = 0; i < 9; i++) {
            statistics.acquired(Events.ORIGIN, AcquireOutcome.REUSED, 0);
        }
        statistics.acquired(Events.ORIGIN, AcquireOutcome.CREATED, 0);
        statistics.acquired(Events.ORIGIN, AcquireOutcome.TIMEOUT, 0);
        assertThat(statistics.totals().reuseRate()).isEqualTo(0.9);
    }

    @Test
    void closing_connections_erases_nothing() {
        statistics.exchangeEnded(answered(200));
        statistics.acquired(Events.ORIGIN, AcquireOutcome.CREATED, 0);
        Totals before = statistics.totals();
        statistics.connectionClosed(Events.connection(7, Events.ORIGIN, Protocol.H2), CloseReason.IDLE_TIMEOUT, 1);
        assertThat(statistics.totals()).isEqualTo(before);
    }

    @Test
    void windows_hold_the_last_minutes_only() {
        for (int tick = 0; tick < 4 * 60 / Statistics.TICK_SECONDS; tick++) {
            statistics.exchangeEnded(answered(200));
            statistics.tick();
        }
        int perMinute = 60 / Statistics.TICK_SECONDS;
        assertThat(statistics.lastMinutes(1).requests()).isBetween(perMinute - 1L, (long) perMinute);
        assertThat(statistics.lastMinutes(5).requests()).isEqualTo(4L * perMinute);
        for (int tick = 0; tick < 10 * perMinute; tick++) {
            statistics.tick();
        }
        assertThat(statistics.lastMinutes(5).requests()).isZero();
        assertThat(statistics.totals().requests()).isEqualTo(4L * perMinute);
    }
}
