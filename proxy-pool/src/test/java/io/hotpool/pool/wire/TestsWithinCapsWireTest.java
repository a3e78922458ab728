package io.hotpool.pool.wire;

import static io.hotpool.pool.wire.LoopbackHosts.dangling;
import static io.hotpool.pool.wire.LoopbackHosts.now;
import static io.hotpool.pool.wire.LoopbackHosts.standing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.HotPool;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.Prewarm;
import io.hotpool.pool.PrewarmResult;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.testing.BlackHole;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of addresses make connections too: they count for the caps, and nobody has to wait for one. */
@Timeout(60)
class TestsWithinCapsWireTest {
    @RegisterExtension
    static final LoopbackHosts hosts = new LoopbackHosts();

    enum Cap {
        MAX_CONNECTIONS(b -> b.maxConnections = 1),
        MAX_CONNS_PER_HOST(b -> b.maxConnsPerHost = 1);

        final Consumer<PoolConfig.Builder> change;

        Cap(Consumer<PoolConfig.Builder> change) {
            this.change = change;
        }
    }

    private static HotPool pool(Cap cap) {
        return hosts.pool(b -> {
            b.blacklistCheckInterval = Duration.ofSeconds(1);
            b.testTimeout = Duration.ofMinutes(5);
            cap.change.accept(b);
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_test_that_takes_long_gives_way_to_the_first_request_that_wants_its_place(Cap cap) throws Exception {
        RawOrigin alive = hosts.closing("127.0.31.1", 0, 0);
        BlackHole hole = hosts.blackHole("127.0.31.2", alive.port());
        long before = dangling(hole.port());
        hosts.host("a.test", "127.0.31.1", "127.0.31.2");
        hosts.host("b.test", "127.0.31.1");
        HotPool pool = pool(cap);
        learn(pool, alive, "127.0.31.2");
        for (String host : cap == Cap.MAX_CONNECTIONS ? new String[] {"a.test", "b.test"} : new String[] {"a.test"}) {
            await().untilAsserted(() ->
                    assertThat(dangling(hole.port())).as("the test's").isEqualTo(before + 1));
            String evidence = standing(pool, "a.test", "127.0.31.2").evidence();
            hosts.get(pool, host, alive.port());
            assertThat(standing(pool, "a.test", "127.0.31.2").evidence())
                    .as("nothing was found out")
                    .isEqualTo(evidence);
        }
        pool.close();
        await().untilAsserted(() -> assertThat(dangling(hole.port())).isEqualTo(before));
    }

    @Test
    void a_test_waits_for_a_place_that_nobody_has() throws Exception {
        RawOrigin keeping = hosts.origin("127.0.32.1", 0);
        hosts.host("a.test", "127.0.32.1", "127.0.32.2");
        HotPool ofAll = pool(Cap.MAX_CONNECTIONS);
        HotPool ofHost = pool(Cap.MAX_CONNS_PER_HOST);
        learn(ofAll, keeping, "127.0.32.2");
        learn(ofHost, keeping, "127.0.32.2");
        RawOrigin back = hosts.origin("127.0.32.2", keeping.port());
        await().during(Duration.ofMillis(2500))
                .untilAsserted(() -> assertThat(back.accepted)
                        .as("an idle connection has the only place")
                        .hasValue(0));
        assertThat(keeping.open).hasValue(2);
        for (HotPool pool : List.of(ofAll, ofHost)) {
            int before = back.accepted.get();
            pool.update(pool.config().with(b -> {
                b.maxConnections = 2;
                b.maxConnsPerHost = 2;
            }));
            await().untilAsserted(() -> assertThat(back.accepted.get()).isGreaterThan(before));
        }
    }

    @Test
    void prewarming_gets_every_place_though_a_test_had_one() throws Exception {
        RawOrigin alive = hosts.origin("127.0.33.1", 0);
        BlackHole hole = hosts.blackHole("127.0.33.2", alive.port());
        long before = dangling(hole.port());
        hosts.host("a.test", "127.0.33.1", "127.0.33.2");
        HotPool pool = pool(Cap.MAX_CONNECTIONS);
        learn(pool, alive, "127.0.33.2");
        now(pool.drain("a.test", 0));
        await().untilAsserted(() -> assertThat(dangling(hole.port())).isEqualTo(before + 1));
        PrewarmResult result = now(pool.prewarm(
                        List.of(new Prewarm(Origin.http("a.test", alive.port()), LoopbackHosts.PLAIN, 1))))
                .get(0);
        assertThat(result.opened()).as(result::toString).isEqualTo(1);
        assertThat(dangling(hole.port())).isEqualTo(before);
    }

    /** Every dial tries the dead address before long, and goes on with the other one. */
    private static void learn(HotPool pool, RawOrigin alive, String dead) {
        await().ignoreException(NoSuchElementException.class).untilAsserted(() -> {
            now(pool.drain("a.test", 0));
            hosts.get(pool, "a.test", alive.port());
            assertThat(standing(pool, "a.test", dead).suspectUntil()).isNotNull();
        });
    }
}
