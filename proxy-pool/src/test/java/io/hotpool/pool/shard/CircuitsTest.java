package io.hotpool.pool.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.PoolConfig.Circuit;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CircuitsTest {
    private static final Origin ORIGIN = Origin.https("example.test", 443);
    private static final Fault REFUSED = Fault.unprocessed(FaultKind.CONNECT_REFUSED, "refused", null);
    private static final long SECOND = 1_000_000_000;

    private final Circuits circuits = new Circuits(new Circuit(3, Duration.ofSeconds(10)));
    private long now = -5 * SECOND;

    @Test
    void a_host_is_left_alone_after_failures_in_a_row() {
        assertThat(circuits.failed(ORIGIN, REFUSED, now)).isFalse();
        assertThat(circuits.failed(ORIGIN, REFUSED, now)).isFalse();
        assertThat(circuits.refusal(ORIGIN, now)).isNull();
        assertThat(circuits.failed(ORIGIN, REFUSED, now)).isTrue();
        Fault refusal = circuits.refusal(ORIGIN, now);
        assertThat(refusal).isNotNull();
        assertThat(refusal.kind()).isEqualTo(FaultKind.CIRCUIT_OPEN);
        assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(10));
        assertThat(refusal.detail()).contains("connect_refused");
        assertThat(circuits.refusal(Origin.https("other.test", 443), now)).isNull();
    }

    @Test
    void one_at_a_time_may_find_out_afterwards() {
        open();
        now += 10 * SECOND;
        assertThat(circuits.refusal(ORIGIN, now)).isNull();
        assertThat(circuits.refusal(ORIGIN, now)).isNotNull();
        circuits.failed(ORIGIN, REFUSED, now);
        assertThat(circuits.refusal(ORIGIN, now)).isNotNull();
        now += 10 * SECOND;
        assertThat(circuits.refusal(ORIGIN, now)).isNull();
        assertThat(circuits.connected(ORIGIN)).isTrue();
        assertThat(circuits.refusal(ORIGIN, now)).isNull();
    }

    @Test
    void one_who_never_tells_does_not_keep_the_host_closed() {
        open();
        now += 10 * SECOND;
        assertThat(circuits.refusal(ORIGIN, now)).isNull();
        now += 10 * SECOND;
        assertThat(circuits.refusal(ORIGIN, now)).isNull();
    }

    @Test
    void failures_that_are_not_the_hosts_do_not_count() {
        for (int i = 0; i < 10; i++) {
            circuits.failed(ORIGIN, Fault.unprocessed(FaultKind.ADDRESS_DENIED, "denied", null), now);
        }
        assertThat(circuits.refusal(ORIGIN, now)).isNull();
    }

    @Test
    void none_is_left_alone_when_it_is_switched_off() {
        open();
        circuits.rules(new Circuit(0, Duration.ofSeconds(10)));
        assertThat(circuits.refusal(ORIGIN, now)).isNull();
    }

    private void open() {
        for (int i = 0; i < 3; i++) {
            circuits.failed(ORIGIN, REFUSED, now);
        }
    }
}
