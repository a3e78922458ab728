package io.hotpool.pool.wire;

import static io.hotpool.pool.wire.ClearPool.PLAIN;
import static io.hotpool.pool.wire.ClearPool.at;
import static io.hotpool.pool.wire.ClearPool.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.ExchangeOptions.Validation;
import io.hotpool.pool.Lease;
import io.hotpool.pool.PoolConfig.Health;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that must have answered a request for a path first. */
@Timeout(30)
class ValidationWireTest {
    private static final ExchangeOptions CHECKED = PLAIN.withValidation(Validation.of("/ready", "2xx"));

    private final AtomicInteger status = new AtomicInteger(204);
    private ClearPool world;
    private RawOrigin origin;

    @BeforeEach
    void start() throws Exception {
        world = new ClearPool(PoolListener.NONE, b -> {
            b.testTimeout = Duration.ofSeconds(1);
            b.maxRetries = 1;
        });
        origin = world.origin((request, connection) -> {
            if (request.path().startsWith("/ready")) {
                connection.respond(request.connection() == 1 ? status.get() : 204, "", new byte[0]);
            } else {
                connection.respond(200, "", new byte[] {'o', 'k'});
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private long probes() {
        return origin.requests.stream()
                .filter(r -> r.path().startsWith("/ready"))
                .count();
    }

    @Test
    void a_connection_is_asked_once_and_the_answer_is_kept_for_a_time() throws Exception {
        assertThat(world.get(origin, "/plain").fault).isNull();
        assertThat(probes()).isZero();
        for (int i = 0; i < 3; i++) {
            assertThat(world.send(origin, "/x", CHECKED).await().text()).isEqualTo("ok");
        }
        assertThat(probes()).isEqualTo(1);
        assertThat(origin.accepted).as("the connection that was there").hasValue(1);
        world.pool.update(world.pool.config().with(b -> b.healthCheckInterval = Duration.ofMillis(1)));
        assertThat(world.send(origin, "/x", CHECKED).await().text()).isEqualTo("ok");
        assertThat(probes()).isGreaterThan(1);
    }

    @Test
    void the_request_that_validates_looks_like_the_browsers() throws Exception {
        world.send(origin, "/x", CHECKED).await();
        RawOrigin.Request probe = origin.requests.get(0);
        assertThat(probe.method()).isEqualTo("HEAD");
        assertThat(probe.path()).isEqualTo("/ready");
        assertThat(probe.headers().get("user-agent"))
                .isEqualTo(origin.requests.get(1).headers().get("user-agent"))
                .contains("Chrome");
    }

    @Test
    void a_connection_that_fails_is_not_handed_out_and_another_one_is_tried() throws Exception {
        status.set(500);
        Reply reply = world.send(origin, "/x", CHECKED).await();
        assertThat(reply.text()).isEqualTo("ok");
        assertThat(origin.requests.stream().filter(r -> r.path().equals("/x")).map(RawOrigin.Request::connection))
                .containsExactly(2);
    }

    @Test
    void when_none_answers_as_expected_the_fault_says_so_and_the_request_is_not_sent() throws Exception {
        RawOrigin never = world.origin((request, connection) -> connection.respond(503, "", new byte[0]));
        Reply reply = world.send(never, "/x?secret", PLAIN.withValidation(Validation.of("/ready?key=1", "2xx")))
                .await();
        assertThat(reply.fault.kind()).isEqualTo(FaultKind.VALIDATION_FAILED);
        assertThat(reply.fault.detail())
                .contains("none of 2 connections", "/ready as expected", "status 503")
                .doesNotContain("key");
        assertThat(never.requests).hasSize(2).allMatch(r -> r.method().equals("HEAD"));
    }

    @Test
    void what_is_expected_comes_from_the_configuration_of_the_host_unless_the_request_says_it() throws Exception {
        ExchangeOptions asConfigured = PLAIN.withValidation(Validation.of("/ready"));
        status.set(404);
        assertThat(world.send(origin, "/x", asConfigured).await().fault)
                .as("any answer")
                .isNull();
        Health strict =
                new Health("GET", "/", List.of("any"), List.of(new Health.ForHost("*.test", null, List.of("204"))));
        world.pool.update(world.pool.config().with(b -> b.health = strict));
        assertThat(world.send(origin, "/x", asConfigured).await().fault).isNull();
        assertThat(origin.accepted).as("the first one was given up").hasValue(2);
        assertThat(origin.requests.stream()
                        .filter(r -> r.path().equals("/ready"))
                        .map(RawOrigin.Request::method))
                .contains("HEAD", "GET");
    }

    @Test
    void a_lease_can_ask_for_validation() throws Exception {
        status.set(500);
        try (Lease lease = get(world.pool.acquireValidated(at(origin), PLAIN, Validation.of("/ready", "204")))) {
            assertThat(probes()).isEqualTo(2);
            assertThat(origin.accepted).hasValue(2);
            assertThat(lease.reused()).isFalse();
        }
        RawOrigin silent = world.origin((request, connection) -> {});
        assertThatThrownBy(() -> get(world.pool.acquireValidated(at(silent), PLAIN, Validation.of("/ready"))))
                .isInstanceOf(ExecutionException.class)
                .satisfies(e -> {
                    Fault fault = (Fault) e.getCause();
                    assertThat(fault.kind()).isEqualTo(FaultKind.VALIDATION_FAILED);
                    assertThat(fault.detail()).contains("no answer in time");
                });
        assertThat(get(world.pool.snapshot()).inState("active")).isZero();
    }
}
