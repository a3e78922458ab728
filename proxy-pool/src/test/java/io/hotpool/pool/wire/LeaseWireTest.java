package io.hotpool.pool.wire;

import static io.hotpool.pool.wire.ClearPool.PLAIN;
import static io.hotpool.pool.wire.ClearPool.at;
import static io.hotpool.pool.wire.ClearPool.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.Lease;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that a program holds. */
@Timeout(30)
class LeaseWireTest {
    private final List<String> misuses = new CopyOnWriteArrayList<>();
    private ClearPool world;
    private RawOrigin origin;

    @BeforeEach
    void start() throws Exception {
        world = new ClearPool(
                new PoolListener() {
                    @Override
                    public void leaseMisused(Origin origin, LeaseMisuse misuse, String site) {
                        misuses.add(misuse + " " + site);
                    }
                },
                b -> {
                    b.maxConnsPerHost = 1;
                    b.acquireTimeout = Duration.ofMillis(300);
                });
        origin = world.origin(RawOrigin.text("hello"));
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private Lease acquire() throws Exception {
        return get(world.pool.acquire(at(origin), PLAIN));
    }

    private Reply send(Lease lease) throws Exception {
        return Reply.send(lease, RequestHead.get(at(origin), "/"), world.loop()).await();
    }

    private String state() throws Exception {
        return get(world.pool.snapshot()).hosts().get(0).connections().get(0).state();
    }

    @Test
    void a_lease_keeps_its_connection_to_itself_until_it_is_given_back() throws Exception {
        Lease lease = acquire();
        assertThat(state()).isEqualTo("active");
        Reply first = send(lease);
        assertThat(first.text()).isEqualTo("hello");
        assertThat(send(lease).exchange.connection().id())
                .isEqualTo(first.exchange.connection().id());
        assertThat(state()).as("held between requests").isEqualTo("active");
        assertThat(world.get(origin, "/").fault.kind()).isEqualTo(FaultKind.POOL_EXHAUSTED);
        lease.close();
        Reply other = world.get(origin, "/");
        assertThat(other.exchange.connection().id())
                .isEqualTo(lease.connection().id());
        assertThat(origin.accepted).hasValue(1);
        assertThat(misuses).isEmpty();
    }

    @Test
    void closing_twice_is_harmless_and_reported_with_the_place_of_acquisition() throws Exception {
        Lease lease = acquire();
        lease.close();
        lease.close();
        assertThat(misuses).hasSize(1);
        assertThat(misuses.get(0)).startsWith("RELEASED_TWICE ").contains("LeaseWireTest.acquire");
        Lease next = acquire();
        assertThat(world.get(origin, "/").fault)
                .as("the second close freed nothing of the next holder")
                .isNotNull();
        next.close();
        assertThatThrownBy(() -> send(lease)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_lease_that_is_lost_is_found_reported_and_its_connection_freed() throws Exception {
        lose();
        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
            System.gc();
            assertThat(misuses).hasSize(1);
        });
        assertThat(misuses.get(0)).startsWith("LEAKED ").contains("LeaseWireTest.lose");
        assertThat(world.get(origin, "/").fault).isNull();
        assertThat(origin.accepted).hasValue(1);
    }

    private void lose() throws Exception {
        assertThat(get(world.pool.acquire(at(origin), PLAIN)).connection()).isNotNull();
    }

    @Test
    void a_lease_given_back_during_its_request_lets_it_end() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        RawOrigin slow = world.origin((request, connection) -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                return;
            }
            connection.respond(200, "", new byte[] {'x'});
        });
        Lease lease = get(world.pool.acquire(at(slow), PLAIN));
        Reply reply = Reply.send(lease, RequestHead.get(at(slow), "/"), world.loop());
        assertThatThrownBy(() -> Reply.send(lease, RequestHead.get(at(slow), "/"), world.loop()))
                .hasMessageContaining("another request is under way");
        lease.close();
        go.countDown();
        assertThat(reply.await().text()).isEqualTo("x");
        await().untilAsserted(() -> assertThat(state()).isEqualTo("idle"));
        assertThat(misuses).isEmpty();
    }

    @Test
    void a_request_over_a_lease_is_never_sent_on_another_connection() throws Exception {
        RawOrigin closing = world.origin((request, connection) -> {
            if (request.number() == 1) {
                connection.respond(200, "", new byte[0]);
            } else {
                connection.socket.close();
            }
        });
        Lease lease = get(world.pool.acquire(at(closing), PLAIN));
        RequestHead head = RequestHead.get(at(closing), "/");
        assertThat(Reply.send(lease, head, world.loop()).await().fault).isNull();
        assertThat(Reply.send(lease, head, world.loop()).await().fault.kind()).isEqualTo(FaultKind.UPSTREAM_CLOSED);
        Reply late = Reply.send(lease, head, world.loop()).await();
        assertThat(late.fault.kind()).isEqualTo(FaultKind.UPSTREAM_CLOSED);
        assertThat(late.fault.unprocessed()).isTrue();
        assertThat(closing.accepted).hasValue(1);
        lease.close();
        assertThat(misuses).isEmpty();
    }

    @Test
    void leases_by_session_and_by_address_share_nothing_with_others() throws Exception {
        world.pool.update(world.pool.config().with(b -> b.maxConnsPerHost = 5));
        try (Lease shared = acquire();
                Lease ann = get(world.pool.acquireFor("ann", at(origin), PLAIN));
                Lease pinned = get(world.pool.acquireTo(at(origin), PLAIN, InetAddress.getByName("127.0.0.1")))) {
            assertThat(List.of(
                            shared.connection().id(),
                            ann.connection().id(),
                            pinned.connection().id()))
                    .doesNotHaveDuplicates();
        }
        try (Lease again = get(world.pool.acquireFor("ann", at(origin), PLAIN))) {
            assertThat(again.reused()).isTrue();
        }
    }

    @Test
    void a_shutdown_waits_for_leases() throws Exception {
        Lease lease = acquire();
        CompletableFuture<Void> over = world.pool.shutdown().toCompletableFuture();
        assertThat(get(world.pool.snapshot()).connections()).isEqualTo(1);
        assertThat(over).isNotDone();
        lease.close();
        assertThat(over).succeedsWithin(Duration.ofSeconds(5));
        assertThatThrownBy(this::acquire)
                .isInstanceOf(ExecutionException.class)
                .satisfies(e -> assertThat(((Fault) e.getCause()).kind()).isEqualTo(FaultKind.DRAINING));
    }
}
