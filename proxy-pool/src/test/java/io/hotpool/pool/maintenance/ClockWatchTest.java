package io.hotpool.pool.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
    private Instant wall = Instant.EPOCH.plus(Duration.ofDays(10));
    private final MockTicker ticker = Ticker.newMockTicker();
    private final ClockWatch watch = new ClockWatch(
            new Clock() {
                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    return wall;
                }
            },
            ticker);

    private boolean after(Duration byTheWall, Duration byTheTicker) {
        wall = wall.plus(byTheWall);
        ticker.advance(byTheTicker.toNanos(), TimeUnit.NANOSECONDS);
        return watch.jumped();
    }

    @Test
    void clocks_that_go_on_together_have_not_jumped() {
        for (int i = 0; i < 100; i++) {
            assertThat(after(Duration.ofMillis(1000), Duration.ofMillis(1003))).isFalse();
        }
    }

    @Test
    void a_suspended_machine_and_a_clock_that_is_set_are_seen_once() {
        Duration second = Duration.ofSeconds(1);
        assertThat(after(Duration.ofHours(8), second)).isTrue();
        assertThat(after(second, second)).isFalse();
        assertThat(after(Duration.ofDays(-2), second)).isTrue();
        assertThat(after(second, second)).isFalse();
    }

    @Test
    void a_process_that_stood_still_is_seen() {
        assertThat(after(Duration.ofMinutes(5), Duration.ofMinutes(5))).isTrue();
    }
}
