package io.hotpool.server.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.server.config.Limit;
import io.hotpool.server.limit.Limiter.Claim;
import io.hotpool.server.limit.Limiter.Outcome;
import io.hotpool.server.limit.Limiter.Permit;
import io.hotpool.server.limit.Limiter.Subject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimiterTest {
    private static final long SECOND = 1_000_000_000L;

    private long now = -5 * SECOND;
    private final Limiter limiter = new Limiter(() -> now);

    @ParameterizedTest(name = "{0} a second: {1} at once, the next one after {2} ms")
    @CsvSource({"10, 10, 100", "1, 1, 1000", "0.5, 1, 2000", "2.5, 2, 200", "1000, 1000, 1"})
    void a_rate_lets_one_seconds_worth_pass_at_once_and_says_when_the_next_may(double rate, int burst, int waitMillis) {
        Limit limit = new Limit(rate, 0);
        for (int i = 0; i < burst; i++) {
            assertThat(admit(limit).refusal()).as("request %d", i).isNull();
        }

        Outcome refused = admit(limit);

        assertThat(refused.refusal().reason()).isEqualTo("rate");
        assertThat(refused.refusal().waitNanos()).isBetween(1L, waitMillis * 1_000_000L);
        now += refused.refusal().waitNanos() - 1;
        assertThat(admit(limit).refusal()).isNotNull();
        now += 1;
        assertThat(admit(limit).refusal()).isNull();
    }

    @Test
    void over_a_long_time_as_many_pass_as_the_rate_says_whatever_the_pattern() {
        Limit limit = new Limit(50, 0);
        Random random = new Random(7);
        long start = now;
        int passed = 0;
        for (int i = 0; i < 1_000_000; i++) {
            now += random.nextInt(2_000_000);
            passed += admit(limit).refusal() == null ? 1 : 0;
        }

        double seconds = (now - start) / (double) SECOND;
        assertThat((double) passed).isBetween(seconds * 50 - 1, seconds * 50 + 51);
    }

    @Test
    void concurrency_holds_whatever_is_released_in_whichever_order() {
        Limit limit = new Limit(0, 7);
        Random random = new Random(11);
        Deque<Permit> held = new ArrayDeque<>();
        for (int i = 0; i < 100_000; i++) {
            if (random.nextBoolean()) {
                Outcome outcome = admit(limit);
                assertThat(outcome.permit() != null).isEqualTo(held.size() < 7);
                if (outcome.permit() != null) {
                    held.push(outcome.permit());
                }
            } else if (!held.isEmpty()) {
                Permit permit = held.removeLast();
                permit.release();
                permit.release();
            }
        }
    }

    @Test
    void concurrency_holds_between_threads() throws InterruptedException {
        Limit limit = new Limit(0, 3);
        AtomicInteger most = new AtomicInteger();
        AtomicInteger inside = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(4);
        for (int t = 0; t < 4; t++) {
            new Thread(() -> {
                        for (int i = 0; i < 50_000; i++) {
                            Permit permit = admit(limit).permit();
                            if (permit != null) {
                                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                inside.decrementAndGet();
                                permit.release();
                            }
                        }
                        done.countDown();
                    })
                    .start();
        }
        done.await();

        assertThat(most.get()).isBetween(1, 3);
        assertThat(admit(limit).permit()).isNotNull();
    }

    @Test
    void a_refusal_by_one_limit_gives_back_what_the_others_had_given() {
        Claim client = new Claim(Subject.CLIENT, "192.0.2.1", new Limit(0, 5));
        Claim host = new Claim(Subject.HOST, "a.example", new Limit(0, 1));
        Permit first = limiter.admit(List.of(client, host)).permit();
        for (int i = 0; i < 20; i++) {
            Outcome refused = limiter.admit(List.of(client, host));
            assertThat(refused.refusal().claim().subject()).isEqualTo(Subject.HOST);
        }

        first.release();

        assertThat(limiter.admit(List.of(client, host)).permit()).isNotNull();
    }

    @Test
    void a_new_limit_holds_from_the_next_request_on_and_knows_what_is_under_way() {
        Permit first = admit(new Limit(0, 10)).permit();
        Permit second = admit(new Limit(0, 10)).permit();

        assertThat(admit(new Limit(0, 2)).refusal().reason()).isEqualTo("concurrency");
        first.release();
        second.release();
        assertThat(admit(new Limit(0, 2)).permit()).isNotNull();
    }

    @Test
    void names_do_not_share_and_those_that_nobody_uses_are_forgotten() {
        Limit limit = new Limit(1, 1);
        for (int i = 0; i < 30_000; i++) {
            now += SECOND;
            limiter.admit(List.of(new Claim(Subject.HOST, "host" + i, limit)))
                    .permit()
                    .release();
        }

        assertThat(limiter.size()).isLessThanOrEqualTo(10_000);
    }

    private Outcome admit(Limit limit) {
        return limiter.admit(List.of(new Claim(Subject.USER, "alice", limit)));
    }
}
