package io.hotpool.pool.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.Egress;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.profile.BrowserProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Timelines on a clock that stands until it is moved. */
class PoolStateTest implements Shell {
    private static final BrowserProfile PROFILE = TestProfiles.named("test");

    private final List<PooledConnection> dials = new ArrayList<>();
    private final List<String> retired = new ArrayList<>();
    private final List<HostState> starving = new ArrayList<>();
    private final PoolState state =
            new PoolState(new Limits(3, 10, seconds(60), seconds(300), seconds(30), 0), () -> 0.0, this);
    private int permits = 100;
    private long now;

    private static long seconds(long n) {
        return Duration.ofSeconds(n).toNanos();
    }

    private static PoolKey key(String host, String session) {
        return new PoolKey(Origin.https(host, 443), PROFILE, Egress.DIRECT, session, true, false, null);
    }

    private static final PoolKey A = key("a.test", "");
    private static final PoolKey B = key("b.test", "");

    private static final class Asker implements Waiter.Receiver {
        PooledConnection got;
        Fault refused;
        boolean created;

        @Override
        public void acquired(PooledConnection connection, boolean created) {
            this.got = connection;
            this.created = created;
        }

        @Override
        public void refused(Fault fault) {
            this.refused = fault;
        }
    }

    private Asker ask(PoolKey key) {
        Asker asker = new Asker();
        Waiter waiter = state.acquireLater(key, false, asker, now);
        assertThat(waiter).isNotNull();
        return asker;
    }

    private PooledConnection connect(Protocol protocol, int capacity) {
        PooledConnection c = dials.remove(0);
        state.connected(c, new FakeConnection(protocol, capacity), now);
        return c;
    }

    @Test
    void all_who_wait_for_a_host_that_may_speak_h2_share_one_dial() {
        List<Asker> askers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            askers.add(ask(A));
        }
        assertThat(dials).hasSize(1);
        connect(Protocol.H2, 100);
        assertThat(askers).allMatch(a -> a.got != null);
        assertThat(askers.get(0).created).isTrue();
        assertThat(askers.get(9).created).isFalse();
        assertThat(dials).isEmpty();
    }

    @Test
    void once_a_host_has_spoken_h1_each_waiter_counts_for_a_dial_below_the_cap() {
        List<Asker> askers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            askers.add(ask(A));
        }
        connect(Protocol.H1, 1);
        assertThat(askers.stream().filter(a -> a.got != null)).hasSize(1);
        assertThat(dials).as("two more to the cap of three").hasSize(2);
        connect(Protocol.H1, 1);
        connect(Protocol.H1, 1);
        state.release(askers.get(0).got, false, now);
        assertThat(askers.get(3).got).isSameAs(askers.get(0).got);
        assertThat(askers.get(4).got).isNull();
    }

    @Test
    void the_most_recently_used_connection_is_handed_out_and_the_oldest_expires() {
        ask(A);
        ask(A);
        PooledConnection first = connect(Protocol.H1, 1);
        PooledConnection second = connect(Protocol.H1, 1);
        now += seconds(1);
        state.release(first, false, now);
        now += seconds(1);
        state.release(second, false, now);
        assertThat(state.acquireNow(A, now)).isSameAs(second);
        state.release(second, false, now);
        now += seconds(59);
        assertThat(state.nextDeadline(now)).isLessThanOrEqualTo(now);
        state.expire(now);
        assertThat(retired).containsExactly("IDLE_TIMEOUT");
        assertThat(state.all()).containsExactly(second);
    }

    @Test
    void an_expired_connection_is_not_handed_out_even_before_the_timer_rings() {
        ask(A);
        PooledConnection c = connect(Protocol.H1, 1);
        state.release(c, false, now);
        now += seconds(60);
        assertThat(state.acquireNow(A, now)).isNull();
        assertThat(retired).containsExactly("IDLE_TIMEOUT");
    }

    @Test
    void a_lifetime_is_up_to_a_tenth_shorter_and_a_busy_connection_drains() {
        ask(A);
        PooledConnection c = connect(Protocol.H2, 100);
        now += seconds(269);
        state.expire(now);
        assertThat(retired).isEmpty();
        now += seconds(1);
        state.expire(now);
        assertThat(retired).containsExactly("MAX_LIFETIME");
        assertThat(c.state).isEqualTo(PooledConnection.State.DRAINING);
    }

    @Test
    void an_idle_connection_of_another_key_makes_room_under_the_host_cap() {
        for (String session : List.of("1", "2", "3")) {
            ask(key("a.test", session));
            state.release(connect(Protocol.H1, 1), false, now);
            now++;
        }
        Asker fourth = ask(key("a.test", "4"));
        assertThat(retired).containsExactly("MAKE_ROOM");
        assertThat(dials).hasSize(1);
        connect(Protocol.H1, 1);
        assertThat(fourth.got).isNotNull();
        assertThat(state.acquireNow(key("a.test", "1"), now))
                .as("the least recently used one went")
                .isNull();
        assertThat(state.acquireNow(key("a.test", "2"), now)).isNotNull();
    }

    @Test
    void only_queued_is_exhausted_own_dial_in_flight_is_a_connect_timeout() {
        Asker dialling = ask(A);
        permits = 0;
        Asker queued = ask(B);
        now += seconds(30);
        state.expire(now);
        assertThat(dialling.refused.kind()).isEqualTo(FaultKind.CONNECT_TIMEOUT);
        assertThat(queued.refused.kind()).isEqualTo(FaultKind.POOL_EXHAUSTED);
        assertThat(starving).hasSize(1);
        state.permitGranted(starving.get(0), now);
        assertThat(permits).as("nobody needs it any longer").isEqualTo(1);
    }

    @Test
    void a_failed_dial_refuses_those_who_counted_on_it_and_nobody_else() {
        ask(A);
        connect(Protocol.H1, 1);
        Asker second = ask(A);
        Asker third = ask(A);
        assertThat(dials).hasSize(2);
        state.dialFailed(dials.remove(0), Fault.of(FaultKind.CONNECT_REFUSED, "no"), now);
        assertThat(second.refused).isNotNull();
        assertThat(third.refused).isNull();
        connect(Protocol.H1, 1);
        assertThat(third.got).isNotNull();
    }

    @Test
    void the_queue_has_an_end() {
        permits = 0;
        for (int i = 0; i < 10; i++) {
            ask(A);
        }
        assertThat(state.acquireLater(A, false, new Asker(), now)).isNull();
    }

    @Test
    void a_longer_waiting_key_is_not_starved_by_a_busy_one() {
        PoolKey busy = key("a.test", "busy");
        for (int i = 0; i < 3; i++) {
            ask(busy);
        }
        connect(Protocol.H1, 1);
        connect(Protocol.H1, 1);
        PooledConnection c = connect(Protocol.H1, 1);
        now++;
        Asker patient = ask(key("a.test", "patient"));
        now++;
        Asker younger = ask(busy);
        state.release(c, false, now);
        assertThat(retired).containsExactly("MAKE_ROOM");
        connect(Protocol.H1, 1);
        assertThat(patient.got).isNotNull();
        assertThat(younger.got).isNull();
    }

    @Test
    void limits_take_effect_at_once() {
        ask(A);
        ask(A);
        PooledConnection first = connect(Protocol.H1, 1);
        state.release(connect(Protocol.H1, 1), false, now);
        state.release(first, false, now);
        state.limits(new Limits(1, 10, seconds(60), seconds(300), seconds(30), 0), now);
        assertThat(retired).containsExactly("MAKE_ROOM");
        now += seconds(5);
        state.limits(new Limits(1, 10, seconds(5), seconds(300), seconds(30), 0), now);
        assertThat(retired).containsExactly("MAKE_ROOM", "IDLE_TIMEOUT");
    }

    @Test
    void connections_that_idled_as_long_as_a_dead_one_are_closed_with_it() {
        ask(A);
        ask(A);
        PooledConnection first = connect(Protocol.H1, 1);
        PooledConnection second = connect(Protocol.H1, 1);
        state.release(first, false, now);
        state.release(second, false, now);
        PooledConnection leased = state.acquireNow(A, now);
        assertThat(state.inspections.suspect(leased, CloseReason.PEER_CLOSED)).isEqualTo(1);
    }

    private static final class Order implements Warming {
        final List<Refusal> refusals = new ArrayList<>();
        final List<Fault> faults = new ArrayList<>();
        int opened;

        @Override
        public void opened(UpstreamConnection connection) {
            opened++;
        }

        @Override
        public void failed(Fault fault) {
            faults.add(fault);
        }

        @Override
        public void refused(Refusal why) {
            refusals.add(why);
        }
    }

    @Test
    void a_connection_made_ahead_is_used_by_the_next_who_asks() {
        Order order = new Order();
        state.warmer.warm(A, order);
        PooledConnection c = connect(Protocol.H1, 1);
        assertThat(order.opened).isEqualTo(1);
        assertThat(state.acquireNow(A, now)).isSameAs(c);
    }

    @Test
    void making_ahead_says_which_limit_refuses_and_closes_nothing_for_it() {
        Order order = new Order();
        for (int i = 0; i < 4; i++) {
            state.warmer.warm(A, order);
        }
        assertThat(dials).hasSize(3);
        assertThat(order.refusals).containsExactly(Warming.Refusal.MAX_CONNS_PER_HOST);
        permits = 0;
        state.warmer.warm(B, order);
        assertThat(order.refusals).endsWith(Warming.Refusal.MAX_CONNECTIONS);
        assertThat(retired).isEmpty();
    }

    @Test
    void making_ahead_stands_behind_those_who_wait() {
        ask(A);
        Order order = new Order();
        state.warmer.warm(A, order);
        assertThat(order.refusals).containsExactly(Warming.Refusal.DEMAND);
        assertThat(dials).hasSize(1);
    }

    @Test
    void a_connection_made_ahead_does_not_count_as_idle_until_it_was_used() {
        state.warmer.warm(A, new Order());
        PooledConnection c = connect(Protocol.H1, 1);
        assertThat(state.idles.used().size()).isZero();
        assertThat(state.retirements.oldestIdle(CloseReason.MAX_IDLE)).isFalse();
        assertThat(state.acquireNow(A, now)).isSameAs(c);
        state.release(c, false, now);
        assertThat(state.idles.used().size()).isEqualTo(1);
    }

    @Test
    void one_made_ahead_gives_way_to_those_who_wait_for_another_host() {
        state.warmer.warm(A, new Order());
        connect(Protocol.H1, 1);
        assertThat(state.retirements.oldestIdle(CloseReason.MAKE_ROOM)).isTrue();
    }

    @Test
    void a_failed_dial_ahead_of_demand_is_told_and_leaves_nothing_behind() {
        Order order = new Order();
        state.warmer.warm(A, order);
        state.dialFailed(dials.remove(0), Fault.of(FaultKind.CONNECT_REFUSED, "refused"), now);
        assertThat(order.faults).hasSize(1);
        assertThat(state.all()).isEmpty();
        assertThat(state.hosts()).isEmpty();
    }

    private void minHot(int connections) {
        state.limits(new Limits(3, 10, seconds(60), seconds(300), seconds(30), connections), now);
    }

    private PooledConnection usedOnce(PoolKey key) {
        ask(key);
        PooledConnection c = connect(Protocol.H1, 1);
        state.release(c, false, now);
        return c;
    }

    @Test
    void min_hot_is_refilled_one_at_a_time_while_the_host_is_in_use() {
        minHot(2);
        state.warmer.refill(now);
        assertThat(dials).as("nobody used any host yet").isEmpty();
        usedOnce(A);
        state.warmer.refill(now);
        state.warmer.refill(now);
        assertThat(dials).as("one a second").hasSize(1);
        connect(Protocol.H1, 1);
        now += seconds(2);
        state.warmer.refill(now);
        assertThat(dials).as("there are two").isEmpty();
        now += seconds(300);
        state.expire(now);
        state.warmer.refill(now);
        assertThat(dials).as("no longer in use").isEmpty();
    }

    @Test
    void the_last_min_hot_ones_of_a_host_in_use_stay_open_beyond_the_idle_timeout() {
        minHot(1);
        usedOnce(A);
        now += seconds(61);
        state.expire(now);
        assertThat(retired).isEmpty();
        assertThat(state.nextDeadline(now)).as("no timer that rings at once").isGreaterThan(now);
        assertThat(state.acquireNow(A, now)).isNotNull();
    }

    @Test
    void refilling_a_host_that_is_down_backs_off() {
        minHot(1);
        usedOnce(A);
        state.closed(state.all().get(0), now);
        int tried = 0;
        for (int second = 0; second < 120; second++) {
            state.warmer.refill(now);
            for (; !dials.isEmpty(); tried++) {
                state.dialFailed(dials.remove(0), Fault.of(FaultKind.CONNECT_REFUSED, "refused"), now);
            }
            now += seconds(1);
        }
        assertThat(tried).isBetween(3, 10);
    }

    @Test
    void a_connection_is_asked_only_when_idle_for_the_interval_and_a_check_is_no_use() {
        PooledConnection c = usedOnce(A);
        now += seconds(29);
        assertThat(state.idles.silentFor(seconds(30), now)).isEmpty();
        now += seconds(5);
        assertThat(state.idles.silentFor(seconds(30), now)).containsExactly(c);
        state.inspections.reserve(c);
        assertThat(state.acquireNow(A, now)).as("a check has it for itself").isNull();
        assertThat(state.inspections.checked(c, true, false, now)).isFalse();
        assertThat(state.idles.silentFor(seconds(30), now)).isEmpty();
        now += seconds(27);
        state.expire(now);
        assertThat(retired).as("the idle clock ran on").containsExactly("IDLE_TIMEOUT");
    }

    @Test
    void a_check_in_doubt_keeps_the_connection_back_and_the_next_one_decides() {
        PooledConnection good = usedOnce(A);
        state.inspections.checked(good, false, true, now);
        assertThat(retired).isEmpty();
        assertThat(state.acquireNow(A, now)).isNull();
        state.inspections.checked(good, true, false, now);
        assertThat(state.acquireNow(A, now)).isSameAs(good);
        state.release(good, false, now);
        state.inspections.checked(good, false, true, now);
        assertThat(state.inspections.checked(good, false, true, now)).isTrue();
        assertThat(retired).containsExactly("UNHEALTHY");
    }

    @Test
    void a_check_that_ends_after_its_connection_changes_nothing() {
        PooledConnection c = usedOnce(A);
        state.inspections.reserve(c);
        state.closed(c, now);
        assertThat(state.inspections.checked(c, false, false, now)).isFalse();
        assertThat(state.all()).isEmpty();
        assertThat(state.idles.used().size()).isZero();
    }

    @Override
    public boolean takePermit() {
        return permits > 0 && permits-- > 0;
    }

    @Override
    public void returnPermit() {
        permits++;
    }

    @Override
    public void awaitPermit(HostState host) {
        starving.add(host);
    }

    @Override
    public boolean mustYield(HostState host, long oldestWaiter, long now) {
        return false;
    }

    @Override
    public void dial(PooledConnection connection, boolean retry) {
        dials.add(connection);
    }

    @Override
    public void retire(PooledConnection c, CloseReason reason) {
        retired.add(reason.name());
        if (c.occupied() == 0) {
            state.closed(c, now);
        }
    }

    @Test
    void a_test_of_an_address_takes_a_place_and_a_permit_and_gives_them_back() {
        permits = 1;
        TestPlaces.Place place = state.placeForTest(A.origin(), () -> {});
        assertThat(place).isNotNull();
        assertThat(permits).isZero();
        assertThat(state.placeForTest(B.origin(), () -> {})).isNull();
        state.leave(place, now);
        assertThat(permits).isEqualTo(1);
        assertThat(state.hosts()).as("nothing is left of it").isEmpty();
    }

    @Test
    void tests_take_no_more_than_the_places_of_their_host() {
        List<TestPlaces.Place> places = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            places.add(state.placeForTest(A.origin(), () -> {}));
        }
        assertThat(places).doesNotContainNull();
        assertThat(state.placeForTest(A.origin(), () -> {})).isNull();
        assertThat(state.placeForTest(B.origin(), () -> {})).isNotNull();
    }

    @Test
    void one_who_waits_gets_the_place_of_a_test_as_soon_as_its_socket_is_closed() {
        state.limits(new Limits(1, 10, seconds(60), seconds(300), seconds(30), 0), now);
        List<String> asked = new ArrayList<>();
        TestPlaces.Place place = state.placeForTest(A.origin(), () -> asked.add("give way"));
        Asker asker = ask(A);
        ask(A);
        assertThat(asked).containsExactly("give way");
        assertThat(dials).as("its socket is still there").isEmpty();
        state.leave(place, now);
        assertThat(dials).hasSize(1);
        connect(Protocol.H1, 1);
        assertThat(asker.got).isNotNull();
        assertThat(state.placeForTest(A.origin(), () -> {}))
                .as("others wait, and the place is taken")
                .isNull();
    }

    @Test
    void a_lower_limit_sends_tests_away_before_connections() {
        Asker asker = ask(A);
        connect(Protocol.H1, 1);
        state.release(asker.got, false, now);
        List<String> asked = new ArrayList<>();
        assertThat(state.placeForTest(A.origin(), () -> asked.add("give way"))).isNotNull();
        state.limits(new Limits(1, 10, seconds(60), seconds(300), seconds(30), 0), now);
        assertThat(asked).hasSize(1);
        assertThat(retired).isEmpty();
    }

    @Test
    void room_for_another_host_is_made_by_a_test_rather_than_by_an_idle_connection() {
        Asker asker = ask(A);
        connect(Protocol.H1, 1);
        state.release(asker.got, false, now);
        List<String> asked = new ArrayList<>();
        assertThat(state.placeForTest(A.origin(), () -> asked.add("give way"))).isNotNull();
        assertThat(state.tests.staying()).isEqualTo(1);
        assertThat(state.retirements.oldestIdle(CloseReason.MAKE_ROOM)).isTrue();
        assertThat(asked).hasSize(1);
        assertThat(retired).isEmpty();
        assertThat(state.tests.staying()).isZero();
        assertThat(state.retirements.oldestIdle(CloseReason.MAKE_ROOM)).isTrue();
        assertThat(retired).hasSize(1);
    }
}
