package io.hotpool.pool.wire;

import static io.hotpool.pool.wire.LoopbackHosts.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.CleanupReport;
import io.hotpool.pool.HealthReport;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener.HealthOutcome;
import io.hotpool.pool.PoolSnapshot;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Checks of idle connections, over sockets in clear HTTP/1.1. */
@Timeout(30)
class HealthWireTest {
    @RegisterExtension
    static final LoopbackHosts hosts = new LoopbackHosts();

    private final AtomicReference<Instant> wall = new AtomicReference<>(Instant.EPOCH.plus(Duration.ofDays(9)));

    /** Answers GET with 200 and, when asked whether it is alive, does as the test says. */
    private RawOrigin origin(RawOrigin.Script check) throws IOException {
        return hosts.origin("127.0.0.1", 0, (request, connection) -> {
            if (request.method().equals("HEAD")) {
                check.answer(request, connection);
            } else {
                connection.respond(200, "", new byte[] {'o', 'k'});
            }
        });
    }

    private static RawOrigin.Script status(int status) {
        return (request, connection) -> connection.respond(status, "", new byte[0]);
    }

    private HotPool pool(Consumer<PoolConfig.Builder> change) {
        hosts.host("a.test", "127.0.0.1");
        return hosts.pool(pools -> pools.clock(new Wall()), b -> {
            b.testTimeout = Duration.ofMillis(400);
            change.accept(b);
        });
    }

    private final class Wall extends Clock {
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
            return wall.get();
        }
    }

    private static void request(HotPool pool, RawOrigin origin) throws Exception {
        hosts.get(pool, "a.test", origin.port());
    }

    private static PoolSnapshot.Connection only(HotPool pool) throws Exception {
        PoolSnapshot picture = now(pool.snapshot());
        assertThat(picture.connections()).isEqualTo(1);
        return picture.hosts().get(0).connections().get(0);
    }

    @Test
    void a_404_or_405_is_a_live_connection_and_a_check_is_no_use_of_it() throws Exception {
        RawOrigin origin = origin(status(404));
        HotPool pool = pool(b -> {});
        request(pool, origin);
        assertThat(now(pool.checkHealth())).isEqualTo(new HealthReport(0, 1, 0, 0));
        PoolSnapshot.Connection c = only(pool);
        assertThat(c.healthy()).isTrue();
        assertThat(c.requests()).as("a check is no request").isEqualTo(1);
        assertThat(c.lastChecked()).isAfter(c.lastUsed());
        request(pool, origin);
        assertThat(origin.accepted).hasValue(1);
    }

    @Test
    void a_check_looks_like_the_browser_whose_connection_it_is() throws Exception {
        RawOrigin origin = origin(status(200));
        HotPool pool = pool(b -> {});
        request(pool, origin);
        now(pool.checkHealth());
        Map<String, String> fields = origin.requests.get(1).headers();
        assertThat(fields.get("user-agent"))
                .contains("Chrome/")
                .isEqualTo(origin.requests.get(0).headers().get("user-agent"));
        assertThat(fields.toString().toLowerCase(java.util.Locale.ROOT)).doesNotContain("hotpool", "health");
    }

    @Test
    @Tag("check-45")
    void a_dead_connection_is_found_by_a_check_and_replaced_before_a_request_uses_it() throws Exception {
        RawOrigin origin = origin((request, connection) -> {}); // silence, as behind a NAT mapping that is gone
        HotPool pool = pool(b -> b.healthCheckInterval = Duration.ofMillis(300));
        request(pool, origin);
        await().untilAsserted(() -> assertThat(hosts.closed).hasSize(1));
        assertThat(hosts.checks).containsExactly(HealthOutcome.TIMEOUT);
        request(pool, origin);
        assertThat(origin.accepted).hasValue(2);
        assertThat(origin.requests).extracting(RawOrigin.Request::method).startsWith("GET", "HEAD", "GET");
    }

    @Test
    void an_unexpected_status_keeps_a_connection_back_and_a_second_one_closes_it() throws Exception {
        RawOrigin origin = origin(status(500));
        HotPool pool = pool(b -> b.health = new PoolConfig.Health("HEAD", "/alive", List.of("2xx")));
        request(pool, origin);
        assertThat(now(pool.checkHealth())).isEqualTo(new HealthReport(0, 0, 1, 0));
        assertThat(only(pool).healthy()).isFalse();
        assertThat(now(pool.checkHealth())).isEqualTo(new HealthReport(0, 0, 1, 1));
        assertThat(origin.requests.get(1).path()).isEqualTo("/alive");
        await().untilAsserted(() -> assertThat(hosts.closed).containsExactly("127.0.0.1 UNHEALTHY"));
    }

    @Test
    void what_is_kept_back_is_not_handed_out_and_a_clean_up_closes_it() throws Exception {
        RawOrigin origin = origin(status(503));
        HotPool pool = pool(b -> b.health = new PoolConfig.Health("HEAD", "/", List.of("200")));
        request(pool, origin);
        now(pool.checkHealth());
        request(pool, origin);
        assertThat(origin.accepted).hasValue(2);
        assertThat(now(pool.cleanUp())).isEqualTo(new CleanupReport(0, 1));
        await().untilAsserted(() -> assertThat(only(pool).healthy()).isTrue());
    }

    @Test
    void after_a_sleep_no_idle_connection_is_used_before_it_has_answered() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch all = new CountDownLatch(10);
        RawOrigin origin = hosts.origin("127.0.0.1", 0, (request, connection) -> {
            try {
                if (request.method().equals("HEAD")) {
                    answer.await(10, TimeUnit.SECONDS);
                    connection.respond(200, "", new byte[0]);
                } else if (request.path().equals("/together")) {
                    all.countDown();
                    all.await(10, TimeUnit.SECONDS);
                    connection.respond(200, "", new byte[0]);
                } else {
                    connection.respond(200, "", new byte[0]);
                }
            } catch (InterruptedException e) {
                // the test is over
            }
        });
        HotPool pool = pool(b -> {
            b.maxConnsPerHost = 20;
            b.testTimeout = Duration.ofSeconds(10);
        });
        List<Reply> together = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            together.add(hosts.start(pool, "a.test", origin.port(), "/together"));
        }
        for (Reply reply : together) {
            assertThat(reply.await().fault).isNull();
        }
        assertThat(origin.accepted).hasValue(10);
        wall.updateAndGet(w -> w.plus(Duration.ofHours(1)));
        await().untilAsserted(() -> assertThat(origin.requests)
                .filteredOn(r -> r.method().equals("HEAD"))
                .hasSizeGreaterThanOrEqualTo(8));

        request(pool, origin);
        assertThat(origin.accepted).as("none of the ten is trusted").hasValue(11);
        answer.countDown();
        await().untilAsserted(() -> assertThat(hosts.checks).hasSize(10).containsOnly(HealthOutcome.HEALTHY));
        assertThat(hosts.closed).isEmpty();
    }

    @Test
    @Tag("check-60")
    void a_wall_clock_that_jumps_two_days_closes_nothing_and_has_idle_connections_checked() throws Exception {
        RawOrigin origin = origin(status(200));
        HotPool pool = pool(b -> {});
        request(pool, origin);
        for (int days : new int[] {2, -2}) {
            int checks = hosts.checks.size();
            wall.updateAndGet(w -> w.plus(Duration.ofDays(days)));
            await().untilAsserted(() -> assertThat(hosts.checks).hasSizeGreaterThan(checks));
        }
        request(pool, origin);
        assertThat(hosts.closed).isEmpty();
        assertThat(hosts.checks).containsOnly(HealthOutcome.HEALTHY);
        assertThat(origin.accepted).hasValue(1);
    }
}
