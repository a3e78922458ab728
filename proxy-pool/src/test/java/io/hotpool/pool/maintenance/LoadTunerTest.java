package io.hotpool.pool.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.Tier;
import io.hotpool.pool.maintenance.LoadTuner.Load;
import io.hotpool.pool.maintenance.LoadTuner.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LoadTunerTest {
    private final LoadTuner tuner = new LoadTuner();

    /** What happened in so many seconds of the same load. */
    private List<Step> seconds(int seconds, long requests, int busy, int waiting) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < seconds; i++) {
            Step step = tuner.look(new Load(requests, busy, waiting));
            if (step != null) {
                steps.add(step);
            }
        }
        return steps;
    }

    @Test
    void it_begins_with_the_defaults_and_stays_there_under_their_load() {
        assertThat(seconds(600, 50, 20, 0)).isEmpty();
        assertThat(tuner.tier()).isEqualTo(Tier.MEDIUM);
    }

    @Test
    void more_than_a_hundred_requests_a_second_raise_the_limits_within_seconds_and_say_why() {
        List<Step> steps = seconds(LoadTuner.SECONDS_TO_RISE, 300, 40, 0);
        assertThat(steps).hasSize(1);
        assertThat(steps.get(0).to()).isEqualTo(Tier.HIGH);
        assertThat(steps.get(0).why()).contains("300 requests a second, more than 100");
        assertThat(seconds(600, 5000, 190, 50)).as("there is nothing above").isEmpty();
    }

    @Test
    void a_burst_raises_nothing() {
        seconds(100, 50, 10, 0);
        assertThat(seconds(1, 500, 50, 0)).isEmpty();
        assertThat(seconds(100, 50, 10, 0)).isEmpty();
    }

    @Test
    void requests_that_keep_waiting_raise_the_limits_whatever_the_rate() {
        assertThat(seconds(LoadTuner.SECONDS_TO_RELIEVE - 1, 2, 100, 5)).isEmpty();
        assertThat(seconds(1, 2, 100, 5)).extracting(Step::to).containsExactly(Tier.HIGH);
    }

    @Test
    void a_quiet_minute_lowers_them_by_one_step() {
        seconds(10, 300, 40, 0);
        assertThat(seconds(30, 1, 1, 0)).isEmpty();
        assertThat(seconds(60, 1, 1, 0)).extracting(Step::to).containsExactly(Tier.MEDIUM);
        assertThat(seconds(60, 1, 1, 0)).extracting(Step::to).containsExactly(Tier.LOW);
        assertThat(seconds(600, 0, 0, 0)).as("there is nothing below").isEmpty();
    }

    @Test
    void a_load_at_the_border_does_not_make_them_sway() {
        List<Step> steps = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 3600; i++) {
            steps.addAll(seconds(1, 80 + random.nextInt(40), 30, 0));
        }
        assertThat(steps).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void busy_connections_and_waiting_requests_keep_the_limits_up() {
        seconds(10, 300, 40, 0);
        assertThat(seconds(300, 1, 60, 0)).as("slow answers").isEmpty();
        assertThat(tuner.tier()).isEqualTo(Tier.HIGH);
    }
}
