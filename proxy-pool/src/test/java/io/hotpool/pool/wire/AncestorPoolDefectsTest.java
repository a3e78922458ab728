package io.hotpool.pool.wire;

import static io.hotpool.pool.wire.ClearPool.PLAIN;
import static io.hotpool.pool.wire.ClearPool.at;
import static io.hotpool.pool.wire.ClearPool.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.HealthReport;
import io.hotpool.pool.Lease;
import io.hotpool.pool.PoolConfig.Dns;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.PoolStats;
import io.hotpool.pool.PrewarmResult;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Defects of the library that hotpool descends from; docs/ancestor-defects.md has them all, with their tests. */
@Timeout(30)
class AncestorPoolDefectsTest {
    private ClearPool world;

    @BeforeEach
    void start() throws Exception {
        world = new ClearPool(PoolListener.NONE, b -> {});
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    /** 2: it made 50 handshakes to the same first address, overwrote 49 of them in its map, and leaked those. */
    @Test
    void prewarming_fifty_spreads_them_over_the_addresses_keeps_each_and_leaks_none() throws Exception {
        List<RawOrigin> origins = new ArrayList<>();
        int port = 0;
        List<InetAddress> addresses = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            InetAddress address = InetAddress.getByName("127.0.0." + i);
            RawOrigin origin = new RawOrigin(new ServerSocket(port, 200, address), RawOrigin.text("x"));
            origins.add(origin);
            addresses.add(address);
            port = origin.port();
        }
        try (ClearPool many = new ClearPool(PoolListener.NONE, b -> {
            b.maxConnsPerHost = 50;
            b.dns = new Dns(List.of(), Map.of("many.test", addresses), Duration.ofSeconds(5), Duration.ofHours(1));
        })) {
            PrewarmResult result = get(many.pool.prewarm(Origin.http("many.test", port), PLAIN, 50));
            assertThat(result.opened()).isEqualTo(50);
            await().untilAsserted(() -> assertThat(
                            origins.stream().mapToInt(o -> o.open.get()).sum())
                    .isEqualTo(50));
            assertThat(origins).as("each has its share").allMatch(o -> o.accepted.get() >= 3);
            assertThat(get(many.pool.snapshot()).connections()).isEqualTo(50);
        } finally {
            for (RawOrigin origin : origins) {
                origin.close();
            }
        }
    }

    /** 3: PutConnection locked the connection, then closed it, which locked it again. */
    @Test
    void giving_back_a_connection_that_broke_or_failed_a_check_blocks_nobody() throws Exception {
        RawOrigin origin = world.origin((request, connection) -> connection.socket.close());
        world.pool.update(world.pool.config().with(b -> b.maxConnsPerHost = 1));
        for (int i = 0; i < 20; i++) {
            try (Lease lease = get(world.pool.acquire(at(origin), PLAIN))) {
                RequestHead head = RequestHead.get(at(origin), "/");
                assertThat(Reply.send(lease, head, world.loop()).await().fault).isNotNull();
            }
        }
        RawOrigin mute = world.origin((request, connection) -> {
            if (request.method().equals("GET")) {
                connection.respond(200, "", new byte[0]);
            }
        });
        world.pool.update(world.pool.config().with(b -> b.testTimeout = Duration.ofMillis(50)));
        assertThat(world.get(mute, "/").fault).isNull();
        HealthReport report = get(world.pool.checkHealth());
        assertThat(report.closed()).isEqualTo(1);
        assertThat(world.get(mute, "/").fault).as("the pool goes on").isNull();
    }

    /** 15: success rate and counts were computed from live connections only. */
    @Test
    void closing_every_connection_erases_nothing_from_the_statistics() throws Exception {
        RawOrigin origin = world.origin(RawOrigin.text("x"));
        for (int i = 0; i < 7; i++) {
            assertThat(world.get(origin, "/").fault).isNull();
        }
        await().untilAsserted(() ->
                assertThat(get(world.pool.stats()).total().requests()).isEqualTo(7));
        get(world.pool.flush());
        await().untilAsserted(() ->
                assertThat(get(world.pool.stats()).totalConnections()).isZero());
        PoolStats stats = get(world.pool.stats());
        assertThat(stats.total().successful()).isEqualTo(7);
        assertThat(stats.total().reuseRate()).isEqualTo(6 / 7.0);
        assertThat(stats.total().averageResponseMillis()).as("never set there").isPositive();
        assertThat(stats.total().responseTimes().p99()).isPositive();
        assertThat(stats.connectionsOpened()).isEqualTo(1);
        assertThat(stats.connectionsClosed()).isEqualTo(1);
        assertThat(stats.lastMinute().requests()).isEqualTo(7);
    }

    /** 16: the request's timeout covered neither the answer's body nor HTTP/2 (which is in TlsPoolWireTest). */
    @Test
    void the_timeout_of_a_request_covers_the_body_of_its_answer() throws Exception {
        RawOrigin origin = world.origin((request, connection) ->
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe beginning, and no end"));
        Reply reply = world.send(origin, "/", PLAIN.withTimeout(Duration.ofSeconds(2)))
                .await();
        assertThat(reply.head().status()).isEqualTo(200);
        assertThat(reply.fault.kind()).isEqualTo(FaultKind.EXCHANGE_TIMEOUT);
        await().untilAsserted(() ->
                assertThat(get(world.pool.snapshot()).inState("active")).isZero());
    }

    /** 22: user agent and Accept-Language were drawn anew for each connection: one client looked like many browsers. */
    @Test
    void one_client_looks_like_one_browser_on_all_its_connections() throws Exception {
        RawOrigin origin = world.origin(RawOrigin.text("x"));
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            replies.add(world.send(origin, "/", PLAIN));
        }
        for (Reply reply : replies) {
            assertThat(reply.await().fault).isNull();
        }
        assertThat(origin.accepted.get()).isGreaterThan(1);
        Set<String> looks = origin.requests.stream()
                .map(r -> r.headers().get("user-agent")
                        + r.headers().get("accept-language")
                        + r.headers().get("accept"))
                .collect(Collectors.toSet());
        assertThat(looks).hasSize(1);
    }
}
