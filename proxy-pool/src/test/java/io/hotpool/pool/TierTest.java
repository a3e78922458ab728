package io.hotpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TierTest {
    @Test
    void the_medium_tier_are_the_defaults() {
        assertThat(Tier.MEDIUM.over(PoolConfig.DEFAULTS)).isEqualTo(PoolConfig.DEFAULTS);
    }

    @Test
    void a_tier_sets_every_limit_of_its_row() {
        PoolConfig high = Tier.HIGH.over(PoolConfig.DEFAULTS);
        assertThat(high).isEqualTo(PoolConfig.DEFAULTS.with(b -> {
            b.maxConnections = 200;
            b.maxConnsPerHost = 20;
            b.maxIdleConns = 50;
            b.connTimeout = Duration.ofSeconds(15);
            b.idleTimeout = Duration.ofSeconds(30);
            b.maxLifetime = Duration.ofSeconds(180);
            b.testTimeout = Duration.ofSeconds(5);
            b.healthCheckInterval = Duration.ofSeconds(15);
            b.cleanupInterval = Duration.ofSeconds(30);
        }));
        PoolConfig low = Tier.LOW.over(PoolConfig.DEFAULTS);
        assertThat(low.maxConnections()).isEqualTo(50);
        assertThat(low.maxConnsPerHost()).isEqualTo(5);
        assertThat(low.maxIdleConns()).isEqualTo(10);
        assertThat(low.connTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(low.testTimeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void what_was_set_stays_as_it_was_set() {
        PoolConfig configured = PoolConfig.DEFAULTS.with(b -> {
            b.maxConnections = 120;
            b.idleTimeout = Duration.ofSeconds(90);
        });
        PoolConfig high = Tier.HIGH.over(configured);
        assertThat(high.maxConnections()).isEqualTo(120);
        assertThat(high.idleTimeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(high.maxConnsPerHost()).isEqualTo(20);
    }
}
