package io.hotpool.pool.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.AddressLists.Source;
import io.hotpool.pool.PoolConfig.Access.Unknown;
import io.hotpool.pool.address.Observation.Family;
import io.hotpool.pool.address.Standing.State;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which addresses a dial may use and in which order: the book, and the ranking behind it. */
class RankingTest {
    private static final Origin HOST = Origin.https("a.test", 443);
    private static final Origin PLACE = AddressBook.place(HOST);
    private static final int DRAWS = 3000;

    private long now = 1_000_000;
    private final AddressBook book = new AddressBook(() -> now);
    private final List<Standing> standings = new ArrayList<>();
    private final Map<InetAddress, Integer> load = new HashMap<>();

    private static InetAddress ip(int last) {
        return NetUtil.createInetAddressFromIpAddressString("192.0.2." + last);
    }

    private static InetAddress ip6(int last) {
        return NetUtil.createInetAddressFromIpAddressString("2001:db8::" + last);
    }

    private static List<InetAddress> ips(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(RankingTest::ip).toList();
    }

    private void known(InetAddress address, State state, Family against, double successes, double failures) {
        known(address, state, against, successes, failures, 10, 0);
    }

    private void known(
            InetAddress address,
            State state,
            Family against,
            double successes,
            double failures,
            double latencyMillis,
            long suspectUntil) {
        standings.add(new Standing(
                address,
                state,
                "",
                0,
                Long.MAX_VALUE,
                successes,
                failures,
                latencyMillis * 1e6,
                now,
                against,
                false,
                suspectUntil));
        book.publish(PLACE, standings);
    }

    private void allowed(int last, double latencyMillis) {
        known(ip(last), State.ALLOWED, Family.GOOD, 20, 0, latencyMillis, 0);
    }

    private List<InetAddress> choose(List<InetAddress> addresses) {
        return choose(addresses, "");
    }

    private List<InetAddress> choose(List<InetAddress> addresses, String session) {
        return book.choose(HOST, addresses, session, address -> load.getOrDefault(address, 0));
    }

    private void unknown(Unknown unknown, AddressRule... rules) {
        book.law(List.of(rules), unknown);
    }

    private static AddressRule rule(Kind list, String block) {
        return new AddressRule(list, AddressBlock.parse(block), null, Source.CONFIGURED, 0, Long.MAX_VALUE);
    }

    /** How often each address leads. */
    private Map<InetAddress, Integer> leads(List<InetAddress> addresses) {
        Map<InetAddress, Integer> leads = new HashMap<>();
        for (int i = 0; i < DRAWS; i++) {
            leads.merge(choose(addresses).get(0), 1, Integer::sum);
        }
        return leads;
    }

    @Test
    void denied_addresses_are_left_out_and_tried_all_the_same_when_nothing_else_is_left() {
        known(ip(1), State.DENIED, Family.REACH, 0, 3);
        allowed(2, 10);
        assertThat(choose(ips(2))).containsExactly(ip(2));
        known(ip(2), State.DENIED, Family.REACH, 0, 3);
        assertThat(choose(ips(2))).containsExactlyInAnyOrder(ip(1), ip(2));
    }

    @Test
    void what_was_out_of_reach_the_last_time_comes_last_and_leads_nobodys_dial() {
        known(ip(1), State.ALLOWED, Family.GOOD, 20, 0, 1, Long.MAX_VALUE);
        known(ip(2), State.HALF_OPEN, Family.REACH, 0, 3);
        allowed(3, 500);
        for (int i = 0; i < DRAWS; i++) {
            assertThat(choose(ips(4)).subList(2, 4)).containsExactlyInAnyOrder(ip(1), ip(2));
        }
        assertThat(choose(List.of(ip(1), ip(2)))).as("for want of others").hasSize(2);
        assertThat(choose(ips(3), "s")).as("sessions too").startsWith(ip(3));
    }

    @Test
    void suspicion_ends_by_itself() {
        known(ip(1), State.ALLOWED, Family.GOOD, 20, 0, 1, now + 1000);
        allowed(2, 500);
        assertThat(leads(ips(2))).containsOnlyKeys(ip(2));
        now += 1000;
        assertThat(leads(ips(2))).containsOnlyKeys(ip(1));
    }

    @Test
    void test_an_unknown_address_leads_one_dial_until_that_is_decided() {
        unknown(Unknown.TEST);
        allowed(1, 10);
        known(ip(2), State.UNKNOWN, Family.GOOD, 0, 0);
        assertThat(choose(ips(2))).containsExactly(ip(2), ip(1));
        assertThat(choose(ips(2))).as("its trial is taken").containsExactly(ip(1), ip(2));
        known(ip(2), State.UNKNOWN, Family.GOOD, 0, 1);
        assertThat(choose(ips(2))).as("the first one failed").containsExactly(ip(2), ip(1));
        known(ip(2), State.ALLOWED, Family.GOOD, 1, 1);
        assertThat(leads(ips(2))).containsKeys(ip(1));
    }

    @Test
    void test_where_nothing_is_known_to_be_good_all_are_used_at_once() {
        unknown(Unknown.TEST);
        assertThat(leads(ips(3))).containsOnlyKeys(ip(1), ip(2), ip(3));
    }

    @Test
    void allow_unknown_addresses_are_as_good_as_known_ones() {
        unknown(Unknown.ALLOW);
        allowed(1, 1);
        assertThat(leads(ips(3)).values()).hasSize(3).allMatch(n -> n > DRAWS / 10);
    }

    @Test
    void deny_only_what_is_on_a_white_list_is_used() {
        unknown(Unknown.DENY, rule(Kind.WHITELIST, "192.0.2.3"));
        known(ip(1), State.ALLOWED, Family.GOOD, 5, 0);
        assertThat(choose(ips(4))).containsExactlyInAnyOrder(ip(1), ip(3));
        assertThatThrownBy(() -> choose(List.of(ip(2), ip(4)))).isInstanceOfSatisfying(Fault.class, fault -> {
            assertThat(fault.kind()).isEqualTo(FaultKind.ADDRESS_DENIED);
            assertThat(fault.detail())
                    .contains("192.0.2.2", "on no white list", "access.unknown = \"deny\"", "other 1");
        });
    }

    @ParameterizedTest
    @EnumSource(Unknown.class)
    void rules_rule_over_what_was_learned(Unknown unknown) {
        unknown(unknown, rule(Kind.WHITELIST, "192.0.2.1"), rule(Kind.BLACKLIST, "192.0.2.0/24"));
        known(ip(1), State.DENIED, Family.REFUSAL, 0, 9);
        known(ip(2), State.ALLOWED, Family.GOOD, 9, 0);
        assertThat(choose(ips(2))).containsExactly(ip(1));
    }

    @Test
    void the_better_of_two_drawn_leads_so_that_the_quick_get_more_and_nobody_all() {
        allowed(1, 10);
        allowed(2, 100);
        allowed(3, 100);
        Map<InetAddress, Integer> leads = leads(ips(3));
        assertThat(leads.get(ip(1))).isBetween(DRAWS * 60 / 100, DRAWS * 73 / 100); // 2 of 3 pairs have it
        assertThat(leads.get(ip(2))).isBetween(DRAWS * 10 / 100, DRAWS * 24 / 100);
    }

    @Test
    void what_was_slow_once_is_tried_again_after_a_while() {
        allowed(1, 10);
        allowed(2, 100);
        assertThat(leads(ips(2))).containsOnlyKeys(ip(1));
        now += 40_000;
        standings.remove(0);
        allowed(1, 20);
        assertThat(leads(ips(2))).containsOnlyKeys(ip(2));
    }

    @Test
    void an_address_that_fails_often_is_as_good_as_a_slow_one() {
        known(ip(1), State.ALLOWED, Family.GOOD, 10, 10);
        known(ip(2), State.ALLOWED, Family.GOOD, 20, 0);
        assertThat(leads(ips(2))).containsOnlyKeys(ip(2));
    }

    @Test
    void a_busy_address_yields_to_an_idle_one() {
        allowed(1, 10);
        allowed(2, 15);
        assertThat(leads(ips(2))).containsOnlyKeys(ip(1));
        load.put(ip(1), 3);
        assertThat(leads(ips(2))).containsOnlyKeys(ip(2));
    }

    @Test
    void families_take_turns_and_ipv6_leads_unless_it_does_much_worse() {
        List<InetAddress> both = List.of(ip(1), ip(2), ip6(1), ip6(2));
        List<InetAddress> order = choose(both);
        assertThat(order.get(0)).isInstanceOf(Inet6Address.class);
        assertThat(order.get(1)).isNotInstanceOf(Inet6Address.class);
        assertThat(order.get(2)).isInstanceOf(Inet6Address.class);
        known(ip6(1), State.UNKNOWN, Family.GOOD, 0, 20);
        known(ip6(2), State.UNKNOWN, Family.GOOD, 0, 20);
        assertThat(choose(both).get(0)).isNotInstanceOf(Inet6Address.class);
    }

    @Test
    void a_session_has_an_order_of_its_own_that_others_do_not_disturb() {
        unknown(Unknown.ALLOW);
        List<InetAddress> ten = ips(10);
        Map<InetAddress, Integer> leads = new HashMap<>();
        for (int s = 0; s < 1000; s++) {
            List<InetAddress> order = choose(ten, "s" + s);
            assertThat(choose(ten, "s" + s)).isEqualTo(order);
            InetAddress gone = order.get(9);
            List<InetAddress> rest = ten.stream().filter(a -> !a.equals(gone)).toList();
            assertThat(choose(rest, "s" + s)).isEqualTo(order.subList(0, 9));
            leads.merge(order.get(0), 1, Integer::sum);
        }
        assertThat(leads.values()).hasSize(10).allMatch(n -> n > 50 && n < 160);
    }
}
