package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.HotPools;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.Prewarm;
import io.hotpool.pool.PrewarmResult;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.pool.tls.TlsRequest;
import io.hotpool.pool.tls.UpstreamTls;
import io.netty.channel.ChannelHandler;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections made ahead of demand, over sockets. */
@Timeout(30)
class PrewarmWireTest {
    private static final ExchangeOptions PLAIN =
            ExchangeOptions.of(Profiles.builtIn().find("chrome").orElseThrow());

    private static MultiThreadIoEventLoopGroup group;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<PoolListener.PrewarmOutcome, Integer> outcomes = new EnumMap<>(PoolListener.PrewarmOutcome.class);

    @BeforeAll
    static void startLoops() {
        group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    }

    @AfterAll
    static void stopLoops() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private static final UpstreamTls NO_TLS = new UpstreamTls() {
        @Override
        public ChannelHandler handlerFor(TlsRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    };

    private RawOrigin origin() throws IOException {
        RawOrigin origin = new RawOrigin(RawOrigin.text("hello"));
        opened.add(origin);
        return origin;
    }

    private HotPool pool(Consumer<PoolConfig.Builder> change) {
        Map<String, List<InetAddress>> hosts = new TreeMap<>();
        for (int i = 0; i < 10; i++) {
            hosts.put("h" + i + ".test", List.of(InetAddress.getLoopbackAddress()));
        }
        PoolConfig config = PoolConfig.DEFAULTS
                .with(b -> b.dns = new PoolConfig.Dns(List.of(), hosts, Duration.ofSeconds(5), Duration.ofHours(1)))
                .with(change);
        HotPool pool = HotPools.on(group)
                .tls(NO_TLS)
                .listener(new PoolListener() {
                    @Override
                    public void prewarmed(Origin origin, PrewarmOutcome outcome, int connections) {
                        synchronized (outcomes) {
                            outcomes.merge(outcome, connections, Integer::sum);
                        }
                    }
                })
                .start(config);
        opened.add(pool);
        return pool;
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void fifty_are_opened_at_once_with_the_caps_raised_and_none_leaks() throws Exception {
        RawOrigin origin = origin();
        HotPool pool = pool(b -> b.maxConnsPerHost = 50);
        PrewarmResult result = get(pool.prewarm(Origin.http("h1.test", origin.port()), PLAIN, 50));
        assertThat(result.opened()).isEqualTo(50);
        assertThat(result.complete()).isTrue();
        await().untilAsserted(() -> assertThat(origin.accepted).hasValue(50));
        assertThat(get(pool.snapshot()).inState("idle"))
                .as("max_idle_conns = 20 does not count those that nobody used yet")
                .isEqualTo(50);
        assertThat(outcomes).containsEntry(PoolListener.PrewarmOutcome.OPENED, 50);
        pool.close();
        await().untilAsserted(() -> assertThat(origin.open).hasValue(0));
    }

    @Test
    void with_the_default_caps_ten_are_opened_and_the_cap_that_refused_forty_is_named() throws Exception {
        RawOrigin origin = origin();
        HotPool pool = pool(b -> {});
        PrewarmResult result = get(pool.prewarm(Origin.http("h1.test", origin.port()), PLAIN, 50));
        assertThat(result.opened()).isEqualTo(10);
        assertThat(result.refused()).isEqualTo(Map.of("max_conns_per_host", 40));
        await().untilAsserted(() -> assertThat(origin.accepted).hasValue(10));
        assertThat(outcomes).containsEntry(PoolListener.PrewarmOutcome.REFUSED, 40);
    }

    @Test
    void what_is_there_already_is_not_opened_again() throws Exception {
        RawOrigin origin = origin();
        HotPool pool = pool(b -> {});
        Origin host = Origin.http("h1.test", origin.port());
        get(pool.prewarm(host, PLAIN, 3));
        PrewarmResult again = get(pool.prewarm(host, PLAIN, 5));
        assertThat(again.alreadyThere()).isEqualTo(3);
        assertThat(again.opened()).isEqualTo(2);
        PrewarmResult other = get(pool.prewarm(host, PLAIN.withSession("other"), 1));
        assertThat(other.opened()).as("another session shares nothing").isEqualTo(1);
    }

    @Test
    void a_request_rides_a_prewarmed_connection() throws Exception {
        RawOrigin origin = origin();
        HotPool pool = pool(b -> {});
        Origin host = Origin.http("h1.test", origin.port());
        get(pool.prewarm(host, PLAIN, 2));
        Reply reply = Reply.send(pool, RequestHead.get(host, "/"), PLAIN, group.next())
                .await();
        assertThat(reply.head().status()).isEqualTo(200);
        assertThat(reply.exchange.timing().reused()).isTrue();
        await().untilAsserted(() -> assertThat(origin.accepted).hasValue(2));
    }

    @Test
    void several_hosts_share_the_cap_of_the_pool_and_a_dead_one_costs_the_others_nothing() throws Exception {
        RawOrigin origin = origin();
        int deadPort;
        try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            deadPort = unused.getLocalPort();
        }
        HotPool pool = pool(b -> b.maxConnections = 7);
        List<PrewarmResult> results = get(pool.prewarm(List.of(
                new Prewarm(Origin.http("h0.test", deadPort), PLAIN, 5),
                new Prewarm(Origin.http("h1.test", origin.port()), PLAIN, 5),
                new Prewarm(Origin.http("h2.test", origin.port()), PLAIN, 5))));
        PrewarmResult dead = results.get(0);
        assertThat(dead.opened()).isZero();
        assertThat(dead.failedCount() + dead.refusedCount()).isEqualTo(5);
        assertThat(dead.failed().keySet()).anyMatch(cause -> cause.startsWith("connect_refused: host h0.test"));
        assertThat(results.get(1).opened() + results.get(2).opened()).isBetween(6, 7);
        assertThat(results.get(1).refused().keySet()).isSubsetOf("max_connections");
        assertThat(get(pool.snapshot()).connections()).isLessThanOrEqualTo(7);
    }

    @Test
    void a_closed_pool_refuses_and_closing_twice_is_fine() throws Exception {
        RawOrigin origin = origin();
        HotPool pool = pool(b -> {});
        pool.close();
        pool.close();
        assertThat(pool.prewarm(Origin.http("h1.test", origin.port()), PLAIN, 1))
                .failsWithin(Duration.ofSeconds(5));
        assertThat(origin.accepted).hasValue(0);
    }

    @Test
    void min_hot_is_filled_after_the_first_request() throws Exception {
        RawOrigin origin = origin();
        HotPool pool = pool(b -> b.minHot = 2);
        Reply.send(pool, RequestHead.get(Origin.http("h1.test", origin.port()), "/"), PLAIN, group.next())
                .await();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(get(pool.snapshot()).connections()).isEqualTo(2));
    }
}
