package io.hotpool.pool.wire;

import static io.hotpool.pool.wire.ClearPool.PLAIN;
import static io.hotpool.pool.wire.ClearPool.at;
import static io.hotpool.pool.wire.ClearPool.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.HealthReport;
import io.hotpool.pool.Lease;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Each setting of the pool, changed by {@link io.hotpool.pool.HotPool#update} while timers run and connections are open: it acts
 * at once, and a request that is under way ends as if nothing had happened. {@code cleanup_interval} is in {@code
 * MaintainerTest}, {@code dns_update_interval} in {@code NamesWireTest}, {@code blacklist_check_interval} in {@code
 * AddressChoiceWireTest}, {@code auto_tune} in {@code AutoTuneWireTest}.
 */
@Timeout(30)
class LiveSettingsTest {
    private final CountDownLatch letGo = new CountDownLatch(1);
    private ClearPool world;
    private RawOrigin origin;
    private Reply underWay;

    @BeforeEach
    void start() throws Exception {
        world = new ClearPool(PoolListener.NONE, b -> {});
        origin = world.origin((request, connection) -> {
            if (request.path().equals("/hold")) {
                hold();
            } else if (request.path().equals("/close")) {
                connection.socket.close();
                return;
            } else if (request.method().equals("HEAD")) {
                return; // says nothing to those who check
            }
            connection.respond(200, "", new byte[] {'o', 'k'});
        });
        underWay = world.send(origin, "/hold", PLAIN);
        await().until(() -> origin.requests.size() == 1);
    }

    private void hold() {
        try {
            letGo.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nothing that was under way has been dropped, whatever was changed. */
    @AfterEach
    void whatWasUnderWayEnds() throws Exception {
        letGo.countDown();
        Reply reply = underWay.await();
        world.close();
        assertThat(reply.fault).isNull();
        assertThat(reply.text()).isEqualTo("ok");
    }

    private void update(Consumer<PoolConfig.Builder> change) {
        world.pool.update(world.pool.config().with(change));
    }

    private int connections(String state) throws Exception {
        return get(world.pool.snapshot()).inState(state);
    }

    /** Used ones, beside the one that is busy. */
    private void openIdle(int connections) throws Exception {
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            leases.add(get(world.pool.acquire(at(origin), PLAIN)));
        }
        leases.forEach(Lease::close);
        await().untilAsserted(() -> assertThat(connections("idle")).isEqualTo(connections));
    }

    @Test
    void max_connections_closes_what_is_idle_above_it_and_serves_those_who_wait_below_it() throws Exception {
        openIdle(4);
        update(b -> b.maxConnections = 1);
        await().untilAsserted(() -> assertThat(connections("idle")).isZero());
        Reply waiting = world.send(origin, "/", PLAIN);
        await().until(() -> get(world.pool.snapshot()).waiting() == 1);
        update(b -> b.maxConnections = 2);
        assertThat(waiting.await().fault).isNull();
    }

    @Test
    void max_conns_per_host_closes_what_is_idle_above_it_and_serves_those_who_wait_below_it() throws Exception {
        openIdle(4);
        update(b -> b.maxConnsPerHost = 1);
        await().untilAsserted(() -> assertThat(connections("idle")).isZero());
        Reply waiting = world.send(origin, "/", PLAIN);
        await().until(() -> get(world.pool.snapshot()).waiting() == 1);
        update(b -> b.maxConnsPerHost = 2);
        assertThat(waiting.await().fault).isNull();
    }

    @Test
    void max_idle_conns_closes_the_oldest_at_once() throws Exception {
        openIdle(4);
        update(b -> b.maxIdleConns = 1);
        await().untilAsserted(() -> assertThat(connections("idle")).isEqualTo(1));
    }

    @Test
    void conn_timeout_counts_for_the_next_dial() throws Exception {
        update(b -> {
            b.connTimeout = Duration.ofMillis(200);
            b.maxRetries = 0;
        });
        RequestHead never = RequestHead.get(Origin.https("h1.test", origin.port()), "/");
        Reply reply = Reply.send(world.pool, never, PLAIN, world.loop()).await();
        assertThat(reply.fault.kind()).isEqualTo(FaultKind.CONNECT_TIMEOUT);
    }

    @Test
    void idle_timeout_closes_what_has_idled_longer_already() throws Exception {
        openIdle(3);
        update(b -> b.idleTimeout = Duration.ofMillis(1));
        await().untilAsserted(() -> assertThat(connections("idle")).isZero());
    }

    @Test
    void max_lifetime_retires_what_is_older_already() throws Exception {
        openIdle(3);
        update(b -> b.maxLifetime = Duration.ofMillis(1));
        await().untilAsserted(() -> assertThat(connections("idle")).isZero());
        assertThat(connections("draining"))
                .as("the busy one ends with its request")
                .isEqualTo(1);
    }

    @Test
    void test_timeout_counts_for_the_next_check() throws Exception {
        openIdle(2);
        update(b -> b.testTimeout = Duration.ofMillis(100));
        HealthReport report = get(world.pool.checkHealth());
        assertThat(report.unhealthy()).isEqualTo(2);
        assertThat(report.busy()).isEqualTo(1);
    }

    @Test
    void health_check_interval_has_idle_connections_asked_within_a_second_or_so() throws Exception {
        openIdle(1);
        update(b -> b.healthCheckInterval = Duration.ofMillis(50));
        await().atMost(Duration.ofSeconds(4))
                .until(() -> origin.requests.stream().anyMatch(r -> r.method().equals("HEAD")));
    }

    @Test
    void max_retries_counts_for_requests_under_way() throws Exception {
        update(b -> b.maxRetries = 0);
        assertThat(world.get(origin, "/close").fault.attempts()).isEqualTo(1);
        update(b -> b.maxRetries = 3);
        assertThat(world.get(origin, "/close").fault.attempts()).isEqualTo(2);
    }

    @Test
    void acquire_timeout_counts_for_those_who_wait_already() throws Exception {
        update(b -> b.maxConnsPerHost = 1);
        Reply waiting = world.send(origin, "/", PLAIN);
        await().until(() -> get(world.pool.snapshot()).waiting() == 1);
        update(b -> b.acquireTimeout = Duration.ofMillis(50));
        assertThat(waiting.await().fault.kind()).isEqualTo(FaultKind.POOL_EXHAUSTED);
    }

    @Test
    void max_pending_refuses_who_comes_next_and_keeps_who_waits() throws Exception {
        update(b -> b.maxConnsPerHost = 1);
        Reply waiting = world.send(origin, "/", PLAIN);
        await().until(() -> get(world.pool.snapshot()).waiting() == 1);
        update(b -> b.maxPending = 1);
        Reply refused = world.get(origin, "/");
        assertThat(refused.fault.detail()).contains("pool.max_pending = 1");
        letGo.countDown();
        assertThat(waiting.await().fault).isNull();
    }

    @Test
    void min_hot_is_filled_within_a_second_or_so() throws Exception {
        update(b -> b.minHot = 3);
        await().atMost(Duration.ofSeconds(8))
                .untilAsserted(() ->
                        assertThat(get(world.pool.snapshot()).connections()).isEqualTo(3));
    }
}
