package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.PoolListener;
import io.hotpool.pool.Tier;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits that follow the load. */
@Timeout(60)
class AutoTuneWireTest {
    private final List<Tier> steps = new CopyOnWriteArrayList<>();

    @Test
    void a_high_load_raises_the_limits_that_were_left_at_their_defaults_and_they_act_at_once() throws Exception {
        PoolListener listener = new PoolListener() {
            @Override
            public void tuned(Tier from, Tier to, String why) {
                steps.add(to);
            }
        };
        try (ClearPool world = new ClearPool(listener, b -> {
            b.autoTune = true;
            b.maxIdleConns = 33;
        })) {
            RawOrigin origin = world.origin(RawOrigin.text("x"));
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                for (int i = 0; i < 60; i++) {
                    assertThat(world.get(origin, "/").fault).isNull();
                }
                return !steps.isEmpty();
            });
            assertThat(steps).containsExactly(Tier.HIGH);
            assertThat(world.pool.tuning().tier()).isEqualTo(Tier.HIGH);
            assertThat(world.pool.tuning().requestsPerSecond()).isGreaterThan(100);
            assertThat(world.pool.tuning().inForce().maxConnsPerHost()).isEqualTo(20);
            assertThat(world.pool.tuning().inForce().maxIdleConns()).isEqualTo(33);
            assertThat(world.pool.config().maxConnsPerHost())
                    .as("as configured")
                    .isEqualTo(10);
            assertThat(ClearPool.get(world.pool.prewarm(ClearPool.at(origin), ClearPool.PLAIN, 20))
                            .complete())
                    .isTrue();
            world.pool.update(world.pool.config().with(b -> b.autoTune = false));
            assertThat(world.pool.tuning().inForce().maxConnsPerHost()).isEqualTo(10);
            await().untilAsserted(() -> assertThat(
                            ClearPool.get(world.pool.snapshot()).connections())
                    .isLessThanOrEqualTo(10));
        }
    }
}
