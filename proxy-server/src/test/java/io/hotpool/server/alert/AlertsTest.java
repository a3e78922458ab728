package io.hotpool.server.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.stats.Percentiles;
import io.hotpool.pool.stats.Totals;
import io.hotpool.server.alert.Alert.Kind;
import io.hotpool.server.alert.Alerts.Change;
import io.hotpool.server.alert.Alerts.Measured;
import io.hotpool.server.config.ConfigReader;
import io.hotpool.server.config.HotpoolConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertsTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
    private static final Measured FINE = requests(100, 0);

    private final HotpoolConfig.Alerts rules = ConfigReader.defaults().alerts();
    private final Alerts alerts = new Alerts();
    private int looks;

    private static Totals minute(long ok, long failed, long answered, long answerMillis, long reused, long created) {
        return new Totals(START, ok, failed, answered, answerMillis * 1_000_000, reused, created, Percentiles.NONE);
    }

    private static Measured requests(long ok, long failed) {
        return new Measured(minute(ok, failed, 0, 0, 0, 0), 0, 0);
    }

    private List<Change> look(Measured now) {
        return alerts.look(now, rules, START.plusSeconds(30L * looks++));
    }

    private static Kind raised(List<Change> changes) {
        assertThat(changes).hasSize(1);
        assertThat(changes.get(0).raised()).isTrue();
        return changes.get(0).alert().kind();
    }

    @Test
    void a_success_rate_below_four_fifths_is_told_once_and_cleared_once() {
        assertThat(look(requests(80, 20))).isEmpty();
        assertThat(raised(look(requests(79, 21)))).isEqualTo(Kind.SUCCESS_RATE);
        assertThat(look(requests(10, 90))).as("told already").isEmpty();
        assertThat(alerts.standing()).hasSize(1);
        assertThat(alerts.standing().get(0).since()).isEqualTo(START.plusSeconds(30));
        assertThat(alerts.standing().get(0).value()).isEqualTo(0.1);
        assertThat(look(FINE)).as("one fine look is not enough").isEmpty();
        List<Change> cleared = look(FINE);
        assertThat(cleared).hasSize(1);
        assertThat(cleared.get(0).raised()).isFalse();
        assertThat(alerts.standing()).isEmpty();
        assertThat(look(FINE)).isEmpty();
    }

    @Test
    void a_value_that_sways_about_its_threshold_is_one_alert() {
        assertThat(look(requests(0, 100))).hasSize(1);
        for (int i = 0; i < 10; i++) {
            assertThat(look(i % 2 == 0 ? FINE : requests(0, 100))).isEmpty();
        }
    }

    @Test
    void few_requests_say_nothing_and_silence_ends_an_alert() {
        assertThat(look(requests(0, Alerts.LEAST_REQUESTS - 1))).isEmpty();
        assertThat(look(requests(0, Alerts.LEAST_REQUESTS))).hasSize(1);
        assertThat(look(requests(0, 0))).isEmpty();
        assertThat(look(requests(0, 0))).hasSize(1);
    }

    @Test
    void a_mean_response_above_five_seconds_is_told() {
        assertThat(look(new Measured(minute(10, 0, 10, 50_000, 0, 0), 0, 0))).isEmpty();
        assertThat(look(new Measured(minute(9, 0, 9, 90_000, 0, 0), 0, 0)))
                .as("nine are few")
                .isEmpty();
        assertThat(raised(look(new Measured(minute(10, 0, 10, 50_010, 0, 0), 0, 0))))
                .isEqualTo(Kind.MEAN_RESPONSE);
    }

    @Test
    void fewer_healthy_connections_than_half_are_told() {
        Totals none = minute(0, 0, 0, 0, 0, 0);
        assertThat(look(new Measured(none, 10, 5))).isEmpty();
        assertThat(look(new Measured(none, 3, 0))).as("three are few").isEmpty();
        assertThat(raised(look(new Measured(none, 10, 4)))).isEqualTo(Kind.HEALTHY_RATIO);
    }

    @Test
    void little_reuse_is_told_with_the_keys_to_raise() {
        assertThat(look(new Measured(minute(40, 0, 0, 0, 20, 20), 0, 0))).isEmpty();
        List<Change> changes = look(new Measured(minute(40, 0, 0, 0, 19, 21), 0, 0));
        assertThat(raised(changes)).isEqualTo(Kind.REUSE_RATE);
        assertThat(changes.get(0).alert().advice()).contains("max_idle_conns", "idle_timeout");
    }

    @Test
    void thresholds_of_zero_tell_nothing() {
        HotpoolConfig.Alerts off = new HotpoolConfig.Alerts(0, Duration.ZERO, 0, 0, Duration.ofSeconds(30));
        Measured worst = new Measured(minute(0, 100, 100, 10_000_000, 0, 100), 10, 0);
        assertThat(alerts.look(worst, off, START)).isEmpty();
        assertThat(alerts.look(worst, rules, START)).hasSize(4);
    }

    @Test
    void several_stand_at_once_and_end_apart() {
        look(new Measured(minute(0, 100, 0, 0, 0, 100), 0, 0));
        assertThat(alerts.standing()).extracting(Alert::kind).containsExactly(Kind.SUCCESS_RATE, Kind.REUSE_RATE);
        Measured onlyReuse = new Measured(minute(100, 0, 0, 0, 0, 100), 0, 0);
        look(onlyReuse);
        assertThat(look(onlyReuse)).extracting(c -> c.alert().kind()).containsExactly(Kind.SUCCESS_RATE);
        assertThat(alerts.standing()).extracting(Alert::kind).containsExactly(Kind.REUSE_RATE);
    }
}
