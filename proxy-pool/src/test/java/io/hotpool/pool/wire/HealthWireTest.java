package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.CleanupReport;
import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HealthReport;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.HotPools;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.PoolListener.HealthOutcome;
import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.pool.tls.TlsRequest;
import io.hotpool.pool.tls.UpstreamTls;
import io.netty.channel.ChannelHandler;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checks of idle connections, over sockets in clear HTTP/1.1. */
@Timeout(30)
class HealthWireTest {
    private static final ExchangeOptions PLAIN =
            ExchangeOptions.of(Profiles.builtIn().find("chrome").orElseThrow());

    private static MultiThreadIoEventLoopGroup group;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<PoolListener.HealthOutcome> outcomes = new CopyOnWriteArrayList<>();
    private final List<CloseReason> closed = new CopyOnWriteArrayList<>();
    private final AtomicReference<Instant> wall = new AtomicReference<>(Instant.EPOCH.plus(Duration.ofDays(9)));

    @BeforeAll
    static void startLoops() {
        group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    }

    @AfterAll
    static void stopLoops() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private static final UpstreamTls NO_TLS = new UpstreamTls() {
        @Override
        public ChannelHandler handlerFor(TlsRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    };

    /** Answers GET with 200 and, when asked whether it is alive, does as the test says. */
    private RawOrigin origin(RawOrigin.Script check) throws IOException {
        RawOrigin origin = new RawOrigin((request, connection) -> {
            if (request.method().equals("HEAD")) {
                check.answer(request, connection);
            } else {
                connection.respond(200, "", new byte[] {'o', 'k'});
            }
        });
        opened.add(origin);
        return origin;
    }

    private static RawOrigin.Script status(int status) {
        return (request, connection) -> connection.respond(status, "", new byte[0]);
    }

    private HotPool pool(Consumer<PoolConfig.Builder> change) {
        Map<String, List<InetAddress>> hosts = Map.of("a.test", List.of(InetAddress.getLoopbackAddress()));
        PoolConfig config = PoolConfig.DEFAULTS
                .with(b -> {
                    b.dns = new PoolConfig.Dns(List.of(), hosts, Duration.ofSeconds(5), Duration.ofHours(1));
                    b.testTimeout = Duration.ofMillis(400);
                })
                .with(change);
        HotPool pool = HotPools.on(group)
                .tls(NO_TLS)
                .clock(new Wall())
                .listener(new PoolListener() {
                    @Override
                    public void healthChecked(ConnectionFacts connection, HealthOutcome outcome) {
                        outcomes.add(outcome);
                    }

                    @Override
                    public void connectionClosed(ConnectionFacts connection, CloseReason reason, long requests) {
                        closed.add(reason);
                    }
                })
                .start(config);
        opened.add(pool);
        return pool;
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

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static void request(HotPool pool, RawOrigin origin) throws Exception {
        RequestHead head = RequestHead.get(Origin.http("a.test", origin.port()), "/");
        Reply reply = Reply.send(pool, head, PLAIN, group.next()).await();
        assertThat(reply.fault).isNull();
        assertThat(reply.head().status()).isEqualTo(200);
    }

    private static PoolSnapshot.Connection only(HotPool pool) throws Exception {
        PoolSnapshot picture = get(pool.snapshot());
        assertThat(picture.connections()).isEqualTo(1);
        return picture.hosts().get(0).connections().get(0);
    }

    @Test
    void a_404_or_405_is_a_live_connection_and_a_check_is_no_use_of_it() throws Exception {
        RawOrigin origin = origin(status(404));
        HotPool pool = pool(b -> {});
        request(pool, origin);
        assertThat(get(pool.checkHealth())).isEqualTo(new HealthReport(0, 1, 0, 0));
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
        get(pool.checkHealth());
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
        await().untilAsserted(() -> assertThat(closed).hasSize(1));
        assertThat(outcomes).containsExactly(HealthOutcome.TIMEOUT);
        request(pool, origin);
        assertThat(origin.accepted).hasValue(2);
        assertThat(origin.requests).extracting(RawOrigin.Request::method).startsWith("GET", "HEAD", "GET");
    }

    @Test
    void an_unexpected_status_keeps_a_connection_back_and_a_second_one_closes_it() throws Exception {
        RawOrigin origin = origin(status(500));
        HotPool pool = pool(b -> b.health = new PoolConfig.Health("HEAD", "/alive", List.of("2xx")));
        request(pool, origin);
        assertThat(get(pool.checkHealth())).isEqualTo(new HealthReport(0, 0, 1, 0));
        assertThat(only(pool).healthy()).isFalse();
        assertThat(get(pool.checkHealth())).isEqualTo(new HealthReport(0, 0, 1, 1));
        assertThat(origin.requests.get(1).path()).isEqualTo("/alive");
        await().untilAsserted(() -> assertThat(closed).containsExactly(CloseReason.UNHEALTHY));
    }

    @Test
    void what_is_kept_back_is_not_handed_out_and_a_clean_up_closes_it() throws Exception {
        RawOrigin origin = origin(status(503));
        HotPool pool = pool(b -> b.health = new PoolConfig.Health("HEAD", "/", List.of("200")));
        request(pool, origin);
        get(pool.checkHealth());
        request(pool, origin);
        assertThat(origin.accepted).hasValue(2);
        assertThat(get(pool.cleanUp())).isEqualTo(new CleanupReport(0, 1));
        await().untilAsserted(() -> assertThat(only(pool).healthy()).isTrue());
    }

    @Test
    void after_a_sleep_no_idle_connection_is_used_before_it_has_answered() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch all = new CountDownLatch(10);
        RawOrigin origin = new RawOrigin((request, connection) -> {
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
        opened.add(origin);
        HotPool pool = pool(b -> {
            b.maxConnsPerHost = 20;
            b.testTimeout = Duration.ofSeconds(10);
        });
        List<Reply> together = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            RequestHead head = RequestHead.get(Origin.http("a.test", origin.port()), "/together");
            together.add(Reply.send(pool, head, PLAIN, group.next()));
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
        await().untilAsserted(() -> assertThat(outcomes).hasSize(10).containsOnly(HealthOutcome.HEALTHY));
        assertThat(closed).isEmpty();
    }

    @Test
    @Tag("check-60")
    void a_wall_clock_that_jumps_two_days_closes_nothing_and_has_idle_connections_checked() throws Exception {
        RawOrigin origin = origin(status(200));
        HotPool pool = pool(b -> {});
        request(pool, origin);
        for (int days : new int[] {2, -2}) {
            int checks = outcomes.size();
            wall.updateAndGet(w -> w.plus(Duration.ofDays(days)));
            await().untilAsserted(() -> assertThat(outcomes).hasSizeGreaterThan(checks));
        }
        request(pool, origin);
        assertThat(closed).isEmpty();
        assertThat(outcomes).containsOnly(HealthOutcome.HEALTHY);
        assertThat(origin.accepted).hasValue(1);
    }
}
