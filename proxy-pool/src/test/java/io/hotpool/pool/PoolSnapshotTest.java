package io.hotpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.PoolSnapshot.Connection;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.TestFacts;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolSnapshotTest {
    private static final Origin ORIGIN = Origin.http("h.test", 80);

    private static PoolSnapshot of(Connection... connections) {
        return new PoolSnapshot(Instant.EPOCH, List.of(new PoolSnapshot.Host(ORIGIN, 0, 0, List.of(connections))));
    }

    private static Connection connection(boolean healthy) {
        return new Connection(
                TestFacts.clear(Protocol.H1, 80), "", "idle", 0, 1, 0, 0, Instant.EPOCH, healthy, Instant.EPOCH);
    }

    @Test
    void a_pool_is_healthy_with_a_healthy_connection_and_half_of_the_requests_fine() {
        assertThat(of().healthyAt(1)).isFalse();
        assertThat(of(connection(false)).healthyAt(1)).isFalse();
        PoolSnapshot some = of(connection(false), connection(true));
        assertThat(some.healthyAt(1)).isTrue();
        assertThat(some.healthyAt(0.5)).as("exactly half").isTrue();
        assertThat(some.healthyAt(0.49)).isFalse();
    }
}
