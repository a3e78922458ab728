package io.hotpool.pool.wire;

import static io.hotpool.pool.wire.ClearPool.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.PoolListener;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An origin that ends each connection instead of a second answer, and how often that is made good. */
@Timeout(30)
class RetryBudgetWireTest {
    private static final int FREE = 10;

    private final List<String> retries = new CopyOnWriteArrayList<>();

    private ClearPool world(double share) throws Exception {
        PoolListener told = new PoolListener() {
            @Override
            public void retried(Origin origin, String reason) {
                retries.add(reason);
            }
        };
        return new ClearPool(told, b -> b.retryBudget = share);
    }

    private static RawOrigin origin(ClearPool world) throws Exception {
        return world.origin((request, connection) -> {
            if (request.number() > 1) {
                connection.socket.close();
            } else {
                connection.respond(200, "", new byte[0]);
            }
        });
    }

    @Test
    void when_the_budget_is_used_up_a_request_fails_honestly_and_the_origin_is_not_asked_again() throws Exception {
        try (ClearPool world = world(1e-9)) {
            RawOrigin origin = origin(world);
            int failed = 0;
            for (int i = 0; i < 40; i++) {
                Reply reply = world.send(origin, "/" + i, PLAIN).await();
                if (reply.fault != null) {
                    assertThat(reply.fault.kind()).isEqualTo(FaultKind.UPSTREAM_CLOSED);
                    assertThat(reply.fault.attempts()).isEqualTo(1);
                    assertThat(i).as("the first that fails").isGreaterThan(FREE);
                    failed++;
                }
            }
            assertThat(retries).hasSize(FREE).containsOnly("stale_connection");
            assertThat(failed)
                    .as("every second one, on a connection that was used")
                    .isEqualTo((40 - FREE) / 2);
            assertThat(origin.requests).as("requests and retries").hasSize(40 + FREE);

            world.pool.update(world.pool.config().with(b -> b.retryBudget = 1));
            for (int i = 0; i < 20; i++) {
                assertThat(world.send(origin, "/again" + i, PLAIN).await().fault)
                        .as("each earns its own")
                        .isNull();
            }
        }
    }

    @Test
    void without_a_budget_nothing_is_sent_twice() throws Exception {
        try (ClearPool world = world(0)) {
            RawOrigin origin = origin(world);
            for (int i = 0; i < 10; i++) {
                world.send(origin, "/" + i, PLAIN).await();
            }
            assertThat(retries).isEmpty();
            assertThat(origin.requests).extracting(RawOrigin.Request::path).doesNotHaveDuplicates();
        }
    }
}
