package io.hotpool.pool.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.address.AddressLedger.Move;
import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.address.Standing.State;
import io.hotpool.pool.http.Origin;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AddressLedgerTest {
    private static final Origin ORIGIN = Origin.https("example.test", 443);
    private static final LedgerRules RULES = new LedgerRules(
            3,
            3,
            5,
            Duration.ofSeconds(60),
            Duration.ofSeconds(100),
            Duration.ofSeconds(400),
            Duration.ofSeconds(900),
            50);

    private final AddressLedger ledger = new AddressLedger(RULES);
    private long now = 1_000_000;

    @Test
    void an_answer_puts_an_address_on_the_white_list_for_a_time() {
        resolve(4);
        assertThat(see(0, Outcome.ANSWERED)).extracting(Move::to).containsExactly(State.ALLOWED);
        now += 900_000;
        assertThat(ledger.expire(now)).extracting(Move::to).containsExactly(State.UNKNOWN);
    }

    @Test
    void three_refusals_in_a_row_deny_and_name_their_cause() {
        resolve(4);
        see(0, Outcome.ANSWERED);
        assertThat(see(0, Outcome.FORBIDDEN)).isEmpty();
        assertThat(see(0, Outcome.FORBIDDEN)).isEmpty();
        List<Move> moves = see(0, Outcome.FORBIDDEN);
        assertThat(moves).hasSize(1);
        assertThat(moves.get(0).to()).isEqualTo(State.DENIED);
        assertThat(moves.get(0).cause()).isEqualTo("forbidden");
        assertThat(moves.get(0).evidence()).isEqualTo("3x forbidden");
    }

    @Test
    void one_connect_error_denies_nobody() {
        resolve(4);
        assertThat(see(0, Outcome.CONNECT_FAILED)).isEmpty();
        assertThat(state(0)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void failures_of_different_families_do_not_add_up() {
        resolve(4);
        for (int i = 0; i < 4; i++) {
            see(0, Outcome.FORBIDDEN);
            see(0, Outcome.CONNECT_FAILED);
        }
        assertThat(state(0)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void old_failures_are_not_in_a_row() {
        resolve(4);
        for (int i = 0; i < 6; i++) {
            see(0, Outcome.FORBIDDEN);
            now += 61_000;
        }
        assertThat(state(0)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void a_connection_does_not_wash_off_refusals() {
        resolve(4);
        see(0, Outcome.FORBIDDEN);
        see(0, Outcome.FORBIDDEN);
        see(0, Outcome.CONNECTED);
        see(0, Outcome.FORBIDDEN);
        assertThat(state(0)).isEqualTo(State.DENIED);
    }

    @Test
    void a_denial_ends_half_open_and_the_first_answer_brings_the_address_back() {
        resolve(4);
        deny(0);
        now += 100_000;
        assertThat(ledger.expire(now)).extracting(Move::to).containsExactly(State.HALF_OPEN);
        assertThat(see(0, Outcome.ANSWERED)).extracting(Move::to).containsExactly(State.ALLOWED);
    }

    @Test
    void a_half_open_address_that_fails_once_is_denied_for_twice_as_long() {
        resolve(4);
        deny(0);
        now += 100_000;
        ledger.expire(now);
        assertThat(see(0, Outcome.CONNECT_TIMEOUT)).extracting(Move::to).containsExactly(State.DENIED);
        assertThat(ledger.standing(ORIGIN, ip(0), now).untilMillis()).isEqualTo(now + 200_000);
    }

    @Test
    void at_most_half_of_an_origins_addresses_are_denied() {
        resolve(4);
        IntStream.range(0, 4).forEach(this::deny);
        assertThat(IntStream.range(0, 4).filter(i -> state(i) == State.DENIED)).hasSize(2);
        assertThat(ledger.standing(ORIGIN, ip(3), now).spared()).isTrue();
    }

    @Test
    void the_only_address_is_never_denied() {
        resolve(1);
        deny(0);
        assertThat(state(0)).isNotEqualTo(State.DENIED);
    }

    @Test
    void a_dead_local_network_blames_nobody() {
        resolve(4);
        deny(0);
        assertThat(state(0)).isEqualTo(State.DENIED);
        List<Move> moves = List.of();
        for (String host : List.of("a.test", "b.test")) {
            moves = ledger.observe(new Observation(Origin.https(host, 443), ip(0), Outcome.CONNECT_FAILED, 1, 0), now);
        }
        assertThat(moves).extracting(Move::cause).containsExactly("network_down");
        assertThat(state(0)).isEqualTo(State.UNKNOWN);
        see(1, Outcome.CONNECT_FAILED);
        see(1, Outcome.CONNECT_FAILED);
        see(1, Outcome.CONNECT_FAILED);
        assertThat(state(1)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void a_denial_for_one_origin_says_nothing_about_another_on_the_same_address() {
        resolve(4);
        deny(0);
        assertThat(ledger.standing(Origin.https("other.test", 443), ip(0), now).state())
                .isEqualTo(State.UNKNOWN);
    }

    @Test
    void an_address_that_left_is_forgotten_unless_it_is_denied() {
        resolve(4);
        see(0, Outcome.ANSWERED);
        deny(1);
        ledger.resolved(ORIGIN, List.of(ip(2), ip(3)), now);
        assertThat(ledger.standings(now).get(ORIGIN))
                .extracting(Standing::address)
                .containsExactlyInAnyOrder(ip(1), ip(2), ip(3));
    }

    @Test
    void a_lost_race_makes_worse_and_denies_nobody() {
        resolve(4);
        for (int i = 0; i < 100; i++) {
            see(0, Outcome.LOST_RACE);
        }
        assertThat(state(0)).isEqualTo(State.UNKNOWN);
        assertThat(ledger.standing(ORIGIN, ip(0), now).score()).isLessThan(0.02);
    }

    @Test
    void a_half_open_address_that_loses_a_race_is_denied_again() {
        resolve(4);
        deny(0);
        now += 100_000;
        ledger.expire(now);
        assertThat(see(0, Outcome.LOST_RACE)).extracting(Move::to).containsExactly(State.DENIED);
    }

    @Test
    void what_was_out_of_reach_is_back_when_a_test_is_answered_well() {
        resolve(4);
        deny(0);
        assertThat(ledger.retested(ORIGIN, ip(0), true, now)).map(Move::to).contains(State.ALLOWED);
        assertThat(ledger.standing(ORIGIN, ip(0), now).suspect(now)).isFalse();
        deny(1);
        assertThat(ledger.retested(ORIGIN, ip(1), false, now)).map(Move::to).contains(State.UNKNOWN);
        assertThat(ledger.retested(ORIGIN, ip(2), true, now))
                .as("was not denied")
                .isEmpty();
    }

    @Test
    void what_refused_is_half_open_after_a_good_test_for_only_a_real_request_can_tell() {
        resolve(4);
        see(0, Outcome.FORBIDDEN);
        see(0, Outcome.FORBIDDEN);
        see(0, Outcome.FORBIDDEN);
        assertThat(ledger.retested(ORIGIN, ip(0), false, now)).isEmpty();
        assertThat(ledger.retested(ORIGIN, ip(0), true, now)).map(Move::to).contains(State.HALF_OPEN);
        assertThat(see(0, Outcome.CONNECTED)).isEmpty();
        assertThat(state(0)).isEqualTo(State.HALF_OPEN);
        assertThat(see(0, Outcome.FORBIDDEN)).extracting(Move::to).containsExactly(State.DENIED);
    }

    @Test
    void one_failure_to_reach_makes_suspect_until_it_is_reached_or_forgotten() {
        resolve(4);
        see(0, Outcome.CONNECT_FAILED);
        see(1, Outcome.LOST_RACE);
        see(2, Outcome.FORBIDDEN);
        assertThat(suspect(0)).isTrue();
        assertThat(suspect(1)).isTrue();
        assertThat(suspect(2)).as("it answered").isFalse();
        see(0, Outcome.CONNECTED);
        assertThat(suspect(0)).isFalse();
        now += 100_000;
        assertThat(suspect(1)).isFalse();
    }

    private boolean suspect(int address) {
        return ledger.standing(ORIGIN, ip(address), now).suspect(now);
    }

    @Test
    void an_origin_of_which_nothing_is_known_is_forgotten_after_an_hour() {
        resolve(4);
        deny(0);
        now += 3_599_999;
        ledger.expire(now);
        assertThat(ledger.standings(now)).containsKey(ORIGIN);
        now += 1;
        ledger.expire(now);
        assertThat(ledger.standings(now)).isEmpty();
    }

    @Test
    void a_million_random_steps_keep_every_invariant() {
        long seed = Long.getLong("hotpool.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        Origin[] origins = IntStream.range(0, 5)
                .mapToObj(i -> Origin.https("h" + i + ".test", 443))
                .toArray(Origin[]::new);
        int[] sizes = {1, 2, 3, 6, 10};
        for (int i = 0; i < origins.length; i++) {
            ledger.resolved(
                    origins[i],
                    IntStream.range(0, sizes[i]).mapToObj(AddressLedgerTest::ip).toList(),
                    now);
        }
        Outcome[] outcomes = Outcome.values();
        for (int step = 0; step < 1_000_000; step++) {
            int o = random.nextInt(origins.length);
            now += random.nextInt(400);
            List<Move> moves = random.nextInt(50) == 0
                    ? ledger.expire(now)
                    : ledger.observe(
                            new Observation(
                                    origins[o],
                                    ip(random.nextInt(sizes[o])),
                                    outcomes[random.nextInt(outcomes.length)],
                                    1 + random.nextInt(3),
                                    random.nextInt(1_000_000)),
                            now);
            for (Move move : moves) {
                assertThat(move.from())
                        .as("seed %d step %d: %s", seed, step, move)
                        .isNotEqualTo(move.to());
            }
            if (!moves.isEmpty() || step % 1000 == 0) {
                check(ledger.standings(now), sizes, origins, "seed " + seed + " step " + step);
            }
        }
    }

    private void check(Map<Origin, List<Standing>> all, int[] sizes, Origin[] origins, String where) {
        for (int i = 0; i < origins.length; i++) {
            List<Standing> standings = all.get(origins[i]);
            if (standings == null || standings.size() != sizes[i]) {
                throw new AssertionError(where + ": addresses of " + origins[i] + " were lost: " + standings);
            }
            long denied =
                    standings.stream().filter(s -> s.state() == State.DENIED).count();
            if (denied * 100 > 50L * sizes[i] || denied == sizes[i]) {
                throw new AssertionError(where + ": " + denied + " of " + sizes[i] + " denied");
            }
            for (Standing s : standings) {
                boolean timed = s.state() == State.DENIED || s.state() == State.ALLOWED;
                if (timed != (s.untilMillis() != Long.MAX_VALUE)
                        || s.score() < 0
                        || s.score() > 1
                        || s.successes() < 0) {
                    throw new AssertionError(where + ": " + s);
                }
                if (s.state() == State.DENIED && s.untilMillis() - s.sinceMillis() > 400_000) {
                    throw new AssertionError(where + ": denied for too long: " + s);
                }
            }
        }
    }

    private void resolve(int addresses) {
        ledger.resolved(
                ORIGIN,
                IntStream.range(0, addresses).mapToObj(AddressLedgerTest::ip).toList(),
                now);
    }

    private List<Move> see(int address, Outcome outcome) {
        return ledger.observe(new Observation(ORIGIN, ip(address), outcome, 1, 1_000), now);
    }

    private void deny(int address) {
        see(address, Outcome.CONNECT_FAILED);
        see(address, Outcome.CONNECT_FAILED);
        see(address, Outcome.CONNECT_FAILED);
    }

    private State state(int address) {
        return ledger.standing(ORIGIN, ip(address), now).state();
    }

    private static InetAddress ip(int last) {
        return NetUtil.createInetAddressFromIpAddressString("192.0.2." + (last + 1));
    }
}
