package io.hotpool.pool.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.address.IpAccessController;
import io.hotpool.pool.connect.ConnectPlan;
import io.hotpool.pool.connect.Dialer;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.shard.ConnectionPermits;
import io.hotpool.pool.shard.PoolShard;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class MaintainerTest {
    private final AtomicInteger orders = new AtomicInteger();

    private final class CountingLoop extends DefaultEventLoop {
        @Override
        public void execute(Runnable task) {
            orders.incrementAndGet();
            super.execute(task);
        }
    }

    private static final class NeverDials implements Dialer {
        @Override
        public Attempt dial(ConnectPlan plan, EventLoop on, UpstreamConnection.Listener listener, Answer answer) {
            return () -> {};
        }

        @Override
        public void refresh(Origin origin, EventLoop on) {}
    }

    @Test
    void a_task_that_fails_ends_neither_the_control_thread_nor_its_repetition() {
        try (Maintainer control = new Maintainer(
                Duration.ofHours(1), PoolListener.NONE, Clock.systemUTC(), () -> {}, Path.of("/nowhere"))) {
            control.execute(() -> {
                throw new NoClassDefFoundError("as when file descriptors run out");
            });
            control.everySecond(() -> {
                orders.incrementAndGet();
                throw new IllegalStateException("again");
            });
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(orders.get()).isGreaterThanOrEqualTo(2));
        }
    }

    @Test
    void a_changed_cleanup_interval_acts_on_the_timer_that_runs() {
        PoolConfig config = PoolConfig.DEFAULTS;
        CountingLoop loop = new CountingLoop();
        try (Maintainer control = new Maintainer(
                Duration.ofHours(1), PoolListener.NONE, Clock.systemUTC(), () -> {}, Path.of("/nowhere"))) {
            IpAccessController access = new IpAccessController(config, control, Clock.systemUTC(), PoolListener.NONE);
            PoolShard shard = new PoolShard(
                    loop,
                    config,
                    new NeverDials(),
                    access.book(),
                    access.observer(loop),
                    new ConnectionPermits(1, 1, control),
                    PoolListener.NONE,
                    Clock.systemUTC());
            control.start(List.of(shard), access);
            control.interval(Duration.ofMillis(20));
            int before = orders.get();
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(orders.get()).isGreaterThan(before + 20));
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
