package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.HotPool;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.fault.FaultKind;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A host whose only address is dead, under many requests at once. */
@Timeout(60)
class CircuitWireTest {
    private static final String ADDRESS = "127.0.34.1";

    @RegisterExtension
    static final LoopbackHosts hosts = new LoopbackHosts();

    private static List<Reply> twenty(HotPool pool, int port) throws Exception {
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            replies.add(hosts.start(pool, "a.test", port, "/" + i));
        }
        for (Reply reply : replies) {
            reply.done.get(20, TimeUnit.SECONDS);
        }
        return replies;
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, LoopbackHosts.ip(ADDRESS))) {
            return socket.getLocalPort();
        }
    }

    @Test
    void one_at_a_time_finds_out_and_the_others_are_told_at_once_until_it_is_back() throws Exception {
        int port = closedPort();
        hosts.host("a.test", ADDRESS);
        HotPool pool = hosts.pool(b -> b.circuit = new PoolConfig.Circuit(3, Duration.ofSeconds(2)));
        for (int i = 0; i < 3; i++) {
            assertThat(hosts.send(pool, "a.test", port).fault.kind()).isEqualTo(FaultKind.CONNECT_REFUSED);
        }
        assertThat(hosts.dials).hasSize(3);
        for (Reply reply : twenty(pool, port)) {
            assertThat(reply.fault.kind()).isEqualTo(FaultKind.CIRCUIT_OPEN);
            assertThat(reply.fault.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
        }
        assertThat(hosts.dials).as("nobody dialled").hasSize(3);

        await().untilAsserted(
                        () -> { // half open: its time is over
                            assertThat(twenty(pool, port))
                                    .filteredOn(r -> r.fault.kind() != FaultKind.CIRCUIT_OPEN)
                                    .singleElement()
                                    .satisfies(r -> assertThat(r.fault.kind()).isEqualTo(FaultKind.CONNECT_REFUSED));
                        });
        assertThat(hosts.dials).as("one found out").hasSize(4);

        hosts.origin(ADDRESS, port);
        await().untilAsserted(() -> assertThat(twenty(pool, port))
                .anySatisfy(r -> assertThat(r.fault).isNull()));
        assertThat(hosts.dials).as("one found out").hasSizeGreaterThanOrEqualTo(5);
        for (Reply reply : twenty(pool, port)) {
            assertThat(reply.fault).as("all are served again").isNull();
        }
    }
}
