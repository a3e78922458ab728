package io.hotpool.pool.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestStatisticsTest {
    private static final int TICKS_A_MINUTE = 60 / RequestStatistics.TICK_SECONDS;

    private final RequestStatistics statistics =
            new RequestStatistics(Clock.fixed(Instant.parse("2026-11-23T12:00:00Z"), ZoneOffset.UTC));

    private void answered(long millis) {
        statistics.answered(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void percentiles_are_true_to_two_digits() {
        for (int millis = 1; millis <= 1000; millis++) {
            answered(millis);
        }
        Percentiles times = statistics.totals().responseTimes();
        assertThat(times.p50()).isCloseTo(500, within(5.0));
        assertThat(times.p90()).isCloseTo(900, within(9.0));
        assertThat(times.p95()).isCloseTo(950, within(9.5));
        assertThat(times.p99()).isCloseTo(990, within(9.9));
        assertThat(times.max()).isCloseTo(1000, within(10.0));
    }

    @Test
    void looking_does_not_take_away() {
        answered(40);
        Totals first = statistics.totals();
        assertThat(statistics.totals()).isEqualTo(first);
        assertThat(statistics.lastMinutes(1).responseTimes()).isEqualTo(first.responseTimes());
        statistics.tick();
        assertThat(statistics.totals()).isEqualTo(first);
    }

    @Test
    void a_window_has_the_percentiles_of_its_own_time() {
        answered(1000);
        for (int tick = 0; tick < 2 * TICKS_A_MINUTE; tick++) {
            statistics.tick();
        }
        answered(10);
        statistics.tick();
        answered(20);
        assertThat(statistics.lastMinutes(1).responseTimes().max()).isCloseTo(20, within(0.2));
        assertThat(statistics.lastMinutes(5).responseTimes().max()).isCloseTo(1000, within(10.0));
        assertThat(statistics.lastMinutes(1).answered()).isEqualTo(2);
        for (int tick = 0; tick < 5 * TICKS_A_MINUTE; tick++) {
            statistics.tick();
        }
        assertThat(statistics.lastMinutes(5).responseTimes()).isEqualTo(Percentiles.NONE);
        assertThat(statistics.totals().responseTimes().max()).isCloseTo(1000, within(10.0));
    }

    @Test
    void a_time_beyond_every_bound_counts_as_the_longest() {
        answered(TimeUnit.DAYS.toMillis(2));
        assertThat(statistics.totals().responseTimes().max()).isCloseTo(3_600_000, within(36_000.0));
    }
}
