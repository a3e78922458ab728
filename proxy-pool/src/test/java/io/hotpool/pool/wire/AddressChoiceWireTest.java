package io.hotpool.pool.wire;

import static io.hotpool.pool.wire.LoopbackHosts.dangling;
import static io.hotpool.pool.wire.LoopbackHosts.standing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotpool.pool.HotPool;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.testing.BlackHole;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hosts with several addresses of which some are slow, dead or silent: what becomes of requests, and of the addresses. */
@Timeout(40)
class AddressChoiceWireTest {
    @RegisterExtension
    static final LoopbackHosts hosts = new LoopbackHosts();

    private static HotPool pool(Consumer<PoolConfig.Builder> change) {
        return hosts.pool(change);
    }

    /** How long a request took. */
    private static Duration get(HotPool pool, String host, int port) throws Exception {
        long began = System.nanoTime();
        hosts.get(pool, host, port);
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static boolean hasIpv6() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    @Tag("check-46")
    void ipv6_that_is_a_black_hole_costs_a_quarter_of_a_second_once_and_no_socket() throws Exception {
        assumeTrue(hasIpv6(), "this machine has no IPv6 on loopback");
        RawOrigin v4 = hosts.closing("127.0.0.1", 0, 0);
        BlackHole v6 = hosts.blackHole("::1", v4.port());
        long before = dangling(v6.port());
        hosts.host("warm.test", "127.0.0.1");
        for (int i = 0; i < 5; i++) {
            hosts.host("h" + i + ".test", "::1", "127.0.0.1");
        }
        HotPool pool = pool(b -> {});
        get(pool, "warm.test", v4.port());
        List<Duration> first = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            first.add(get(pool, "h" + i + ".test", v4.port()));
        }
        first.sort(Duration::compareTo);
        assertThat(first.get(0)).as("IPv6 has its head start").isGreaterThanOrEqualTo(Duration.ofMillis(240));
        assertThat(first.get(0)).as("the quickest").isLessThan(Duration.ofMillis(400));
        await().untilAsserted(() -> assertThat(dangling(v6.port())).isEqualTo(before));

        hosts.dials.clear();
        for (int i = 0; i < 5; i++) {
            get(pool, "h" + i + ".test", v4.port());
        }
        assertThat(hosts.dials).as("nobody waits for it again").containsOnly(PoolListener.DialOutcome.FIRST_ADDRESS);
    }

    @Test
    void the_quick_address_gets_most_and_the_slow_ones_their_share() throws Exception {
        RawOrigin quick = hosts.closing("127.0.11.1", 0, 0);
        RawOrigin slow = hosts.closing("127.0.11.2", quick.port(), 40);
        RawOrigin alsoSlow = hosts.closing("127.0.11.3", quick.port(), 40);
        hosts.host("a.test", "127.0.11.1", "127.0.11.2", "127.0.11.3");
        hosts.host("warm.test", "127.0.11.1");
        HotPool pool = pool(b -> {});
        for (int i = 0; i < 20; i++) {
            get(pool, "warm.test", quick.port()); // the first answers of a process say nothing about an address
        }
        int before = quick.accepted.get();
        for (int i = 0; i < 90; i++) {
            get(pool, "a.test", quick.port());
        }
        // Two of three draws have it; by chance it would be a third of the requests.
        assertThat(quick.accepted.get() - before).isGreaterThan(45);
        assertThat(slow.accepted.get() + alsoSlow.accepted.get()).isPositive();
    }

    @Test
    void dead_addresses_are_found_once_and_cost_no_request_its_first_try() throws Exception {
        RawOrigin alive = hosts.closing("127.0.12.1", 0, 0);
        hosts.blackHole("127.0.12.2", alive.port());
        // Nobody listens on the two others.
        hosts.host("a.test", "127.0.12.1", "127.0.12.2", "127.0.12.3", "127.0.12.4");
        HotPool pool = pool(b -> {});
        await().untilAsserted(() -> {
            get(pool, "a.test", alive.port());
            assertThat(pool.addresses().addresses("a.test", alive.port()))
                    .filteredOn(a -> a.suspectUntil() != null)
                    .hasSize(3);
        });
        hosts.dials.clear();
        for (int i = 0; i < 50; i++) {
            get(pool, "a.test", alive.port());
        }
        assertThat(hosts.dials).hasSize(50).containsOnly(PoolListener.DialOutcome.FIRST_ADDRESS);
    }

    @Test
    void a_denied_address_comes_back_when_a_test_finds_it_alive_and_no_request_has_to() throws Exception {
        RawOrigin alive = hosts.closing("127.0.13.1", 0, 30);
        hosts.host("a.test", "127.0.13.1", "127.0.13.2");
        HotPool pool = pool(b -> {
            b.blacklistCheckInterval = Duration.ofSeconds(1);
            b.testTimeout = Duration.ofSeconds(2);
        });
        await().ignoreException(NoSuchElementException.class)
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> {
                    get(pool, "a.test", alive.port());
                    assertThat(standing(pool, "a.test", "127.0.13.2").state()).isEqualTo("denied");
                });
        assertThat(standing(pool, "a.test", "127.0.13.2").evidence()).matches("[0-9]+x connect_failed");

        RawOrigin back = hosts.closing("127.0.13.2", alive.port(), 0);
        await().untilAsserted(() ->
                assertThat(standing(pool, "a.test", "127.0.13.2").state()).isEqualTo("allowed"));
        assertThat(standing(pool, "a.test", "127.0.13.2").evidence()).endsWith("answered a test");
        assertThat(hosts.moves)
                .contains("127.0.13.2 unknown denied connect_failed", "127.0.13.2 denied allowed retested");
        assertThat(back.requests).extracting(RawOrigin.Request::method).containsOnly("HEAD");
        assertThat(back.requests.get(0).headers().get("user-agent")).contains("Chrome/");
        assertThat(back.requests.get(0).headers().toString().toLowerCase(Locale.ROOT))
                .doesNotContain("hotpool", "health", "test-");
        for (int i = 0;
                i < 40 && back.requests.stream().noneMatch(r -> r.method().equals("GET"));
                i++) {
            get(pool, "a.test", alive.port());
        }
        assertThat(back.requests.stream().map(RawOrigin.Request::method).collect(Collectors.toSet()))
                .contains("GET");
    }

    @Test
    void with_every_address_dead_none_is_left_out() throws Exception {
        RawOrigin gone = hosts.closing("127.0.14.1", 0, 0);
        int port = gone.port();
        gone.close();
        hosts.host("a.test", "127.0.14.1", "127.0.14.2", "127.0.14.3");
        HotPool pool = pool(b -> b.circuit = new PoolConfig.Circuit(0, Duration.ofSeconds(1)));
        for (int i = 0; i < 20; i++) {
            hosts.send(pool, "a.test", port);
        }
        await().untilAsserted(() -> assertThat(pool.addresses().addresses("a.test", port))
                .filteredOn(a -> a.state().equals("denied"))
                .hasSize(1)); // half of three
        hosts.closing("127.0.14.1", port, 0);
        hosts.closing("127.0.14.2", port, 0);
        hosts.closing("127.0.14.3", port, 0);
        get(pool, "a.test", port);
    }

    @Test
    void a_shorter_blacklist_check_interval_counts_for_addresses_that_are_denied_already() throws Exception {
        RawOrigin alive = hosts.closing("127.0.15.1", 0, 0);
        hosts.host("a.test", "127.0.15.1", "127.0.15.2");
        HotPool pool = pool(b -> b.blacklistCheckInterval = Duration.ofHours(1));
        await().ignoreException(NoSuchElementException.class)
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> {
                    get(pool, "a.test", alive.port());
                    assertThat(standing(pool, "a.test", "127.0.15.2").state()).isEqualTo("denied");
                });
        RawOrigin back = hosts.origin("127.0.15.2", alive.port());
        assertThat(back.accepted).hasValue(0);
        pool.update(pool.config().with(b -> b.blacklistCheckInterval = Duration.ofSeconds(1)));
        await().untilAsserted(() ->
                assertThat(standing(pool, "a.test", "127.0.15.2").state()).isEqualTo("allowed"));
    }
}
