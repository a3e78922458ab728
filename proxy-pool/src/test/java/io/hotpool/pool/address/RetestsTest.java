package io.hotpool.pool.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.address.Observation.Family;
import io.hotpool.pool.address.Retests.Subject;
import io.hotpool.pool.address.Standing.State;
import io.hotpool.pool.http.Origin;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetestsTest {
    private static final Origin PLACE = new Origin("tcp", "a.test", 443);
    private static final long INTERVAL = 300_000;

    private final SplittableRandom random = new SplittableRandom(7);
    private final Retests retests = new Retests(random::nextDouble);
    private final Map<Origin, List<Standing>> all = new LinkedHashMap<>();
    private long now = 1_000_000;

    private static InetAddress ip(int last) {
        return IpLiteral.address(new byte[] {10, 0, 0, (byte) last});
    }

    private Standing standing(int last, State state, Family against, boolean suspect) {
        return new Standing(
                ip(last), state, "", 0, Long.MAX_VALUE, 0, 0, 0, 0, against, false, suspect ? Long.MAX_VALUE : 0);
    }

    private void have(Standing... standings) {
        all.put(PLACE, List.of(standings));
    }

    /** Steps by seconds; each test ends at once and changes nothing. */
    private List<Long> testedAt(long forMillis) {
        List<Long> times = new ArrayList<>();
        for (long end = now + forMillis; now < end; now += 1000) {
            for (Subject subject : retests.due(all, now, INTERVAL)) {
                times.add(now);
                retests.ended(subject, now);
            }
        }
        return times;
    }

    @Test
    void a_denied_address_is_tested_about_once_an_interval_and_never_later() {
        have(standing(1, State.DENIED, Family.REACH, false));
        List<Long> times = testedAt(20 * INTERVAL);
        assertThat(times).hasSizeBetween(20, 40);
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).isBetween(INTERVAL / 2, INTERVAL);
        }
        assertThat(times.stream().map(t -> t % INTERVAL).distinct().count())
                .as("jittered")
                .isGreaterThan(10);
    }

    @Test
    void what_just_failed_is_tested_soon_and_then_less_and_less_often() {
        have(standing(1, State.ALLOWED, Family.GOOD, true));
        List<Long> times = testedAt(2 * INTERVAL);
        assertThat(times.get(0)).isLessThanOrEqualTo(1_000_000 + Retests.FIRST_MILLIS);
        assertThat(times).hasSizeBetween(8, 14);
        assertThat(times.get(times.size() - 1) - times.get(times.size() - 2)).isGreaterThan(60_000);
    }

    @Test
    void a_half_open_address_is_tested_when_it_was_out_of_reach_and_by_users_when_it_refused() {
        have(
                standing(1, State.HALF_OPEN, Family.REACH, false),
                standing(2, State.HALF_OPEN, Family.REFUSAL, false),
                standing(3, State.UNKNOWN, Family.GOOD, false));
        retests.due(all, now, INTERVAL);
        now += Retests.FIRST_MILLIS;
        assertThat(retests.due(all, now, INTERVAL)).containsExactly(new Subject(PLACE, ip(1)));
        assertThat(retests.due(all, now, INTERVAL)).as("it is under way").isEmpty();
    }

    @Test
    void a_shorter_interval_counts_at_once() {
        have(standing(1, State.DENIED, Family.REACH, false));
        retests.due(all, now, INTERVAL);
        now += 1000;
        assertThat(retests.due(all, now, 1000)).hasSize(1);
    }

    @Test
    void few_are_tested_at_a_time_and_fewer_of_one_host() {
        for (int host = 0; host < 20; host++) {
            List<Standing> many = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                many.add(standing(i, State.DENIED, Family.REACH, false));
            }
            all.put(new Origin("tcp", "h" + host + ".test", 443), many);
        }
        retests.due(all, now, INTERVAL);
        now += INTERVAL;
        List<Subject> first = retests.due(all, now, INTERVAL);
        assertThat(first).hasSize(Retests.AT_ONCE);
        assertThat(first.stream().map(Subject::place).distinct().count())
                .isEqualTo(Retests.AT_ONCE / Retests.AT_ONCE_PER_PLACE);
        assertThat(retests.due(all, now, INTERVAL)).isEmpty();
        first.forEach(subject -> retests.ended(subject, now));
        assertThat(retests.due(all, now, INTERVAL)).hasSize(Retests.AT_ONCE).doesNotContainAnyElementsOf(first);
    }

    @Test
    void what_is_well_again_is_forgotten() {
        have(standing(1, State.DENIED, Family.REACH, false));
        retests.due(all, now, INTERVAL);
        have(standing(1, State.ALLOWED, Family.GOOD, false));
        retests.due(all, now, INTERVAL);
        have(standing(1, State.DENIED, Family.REACH, false));
        now += INTERVAL;
        assertThat(retests.due(all, now, INTERVAL)).as("its time begins anew").isEmpty();
    }

    @Test
    void what_was_postponed_is_due_still_and_comes_after_those_that_had_no_turn() {
        for (int host = 0; host < 6; host++) {
            all.put(
                    new Origin("tcp", "h" + host + ".test", 443),
                    List.of(
                            standing(1, State.DENIED, Family.REACH, false),
                            standing(2, State.DENIED, Family.REACH, false)));
        }
        retests.due(all, now, INTERVAL);
        now += INTERVAL;
        List<Subject> first = retests.due(all, now, INTERVAL);
        first.forEach(retests::postponed);
        List<Subject> second = retests.due(all, now, INTERVAL);
        assertThat(second).hasSize(Retests.AT_ONCE);
        assertThat(second.subList(0, 4)).doesNotContainAnyElementsOf(first);
        assertThat(second.subList(4, 8)).isEqualTo(first.subList(0, 4));
    }

    @Test
    void a_postponed_test_is_no_reason_to_test_less_often() {
        have(standing(1, State.ALLOWED, Family.GOOD, true));
        retests.due(all, now, INTERVAL);
        now += Retests.FIRST_MILLIS;
        for (int i = 0; i < 20; i++) {
            assertThat(retests.due(all, now, INTERVAL)).hasSize(1);
            retests.postponed(new Subject(PLACE, ip(1)));
        }
        assertThat(retests.due(all, now, INTERVAL)).hasSize(1);
        retests.ended(new Subject(PLACE, ip(1)), now);
        now += 2 * Retests.FIRST_MILLIS;
        assertThat(retests.due(all, now, INTERVAL)).hasSize(1);
    }
}
