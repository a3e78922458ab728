package io.hotpool.pool.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ConnectionPermitsTest {
    private final ArrayDeque<Runnable> control = new ArrayDeque<>();
    private final ConnectionPermits permits = new ConnectionPermits(100, 3, control::add);
    private final Idle idle = new Idle();

    ConnectionPermitsTest() {
        permits.sources(List.of(idle));
    }

    private static final class Idle implements ConnectionPermits.Source {
        private int count;

        @Override
        public long oldestIdleSince() {
            return count == 0 ? IdleList.NONE : 1;
        }

        @Override
        public long oldestUnusedSince() {
            return IdleList.NONE;
        }

        @Override
        public int idleCount() {
            return count;
        }

        @Override
        public int tests() {
            return 0;
        }

        @Override
        public void closeOldestIdle(CloseReason reason, Consumer<Boolean> done) {
            count--;
            done.accept(true);
        }
    }

    private void runControl() {
        while (!control.isEmpty()) {
            control.poll().run();
        }
    }

    @Test
    void what_is_idle_for_a_moment_is_not_closed() {
        idle.count = 5;
        permits.idleAppeared();
        runControl();
        assertThat(idle.count).isEqualTo(5);
    }

    @Test
    void what_is_idle_beyond_the_limit_is_closed_within_a_second() {
        idle.count = 5;
        permits.trim();
        runControl();
        assertThat(idle.count).isEqualTo(3);
    }

    @Test
    void a_limit_of_none_and_a_lower_limit_hold_at_once() {
        idle.count = 5;
        permits.limits(100, 2);
        runControl();
        assertThat(idle.count).isEqualTo(2);

        permits.limits(100, 0);
        runControl();
        idle.count = 1;
        permits.idleAppeared();
        runControl();
        assertThat(idle.count).isZero();
    }
}
