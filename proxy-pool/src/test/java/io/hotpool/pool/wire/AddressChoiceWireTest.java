package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotpool.pool.AddressLists;
import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.HotPools;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.pool.testing.BlackHole;
import io.hotpool.pool.tls.TlsRequest;
import io.hotpool.pool.tls.UpstreamTls;
import io.netty.channel.ChannelHandler;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hosts with several addresses of which some are slow, dead or silent: what becomes of requests, and of the addresses. */
@Timeout(40)
class AddressChoiceWireTest {
    private static final ExchangeOptions PLAIN =
            ExchangeOptions.of(Profiles.builtIn().find("chrome").orElseThrow());

    private static MultiThreadIoEventLoopGroup group;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<String, List<InetAddress>> hosts = new HashMap<>();
    private final List<PoolListener.DialOutcome> dials = new CopyOnWriteArrayList<>();
    private final List<String> moves = new CopyOnWriteArrayList<>();

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

    private static InetAddress ip(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<InetAddress> ips(String... texts) {
        return Arrays.stream(texts).map(AddressChoiceWireTest::ip).toList();
    }

    /** Answers after a while, and closes: each request needs a dial. */
    private RawOrigin origin(String address, int port, int millis) throws IOException {
        RawOrigin origin = new RawOrigin(new ServerSocket(port, 50, ip(address)), (request, connection) -> {
            LockSupport.parkNanos(millis * 1_000_000L);
            connection.respond(200, "Connection: close\r\n", new byte[0]);
            connection.socket.close();
        });
        opened.add(origin);
        return origin;
    }

    private BlackHole blackHole(String address, int port) throws IOException {
        BlackHole hole = new BlackHole(ip(address), port);
        opened.add(hole);
        return hole;
    }

    private HotPool pool(Consumer<PoolConfig.Builder> change) {
        HotPool pool = HotPools.on(group)
                .tls(NO_TLS)
                .listener(new PoolListener() {
                    @Override
                    public void dialEnded(Origin origin, DialOutcome outcome) {
                        dials.add(outcome);
                    }

                    @Override
                    public void addressMoved(Origin origin, InetAddress address, String from, String to, String cause) {
                        moves.add(address.getHostAddress() + " " + from + " " + to + " " + cause);
                    }
                })
                .start(PoolConfig.DEFAULTS
                        .with(b -> b.dns = new PoolConfig.Dns(
                                List.of(), Map.copyOf(hosts), Duration.ofSeconds(5), Duration.ofHours(1)))
                        .with(change));
        opened.add(pool);
        return pool;
    }

    private static Duration get(HotPool pool, String host, int port) throws Exception {
        long began = System.nanoTime();
        Reply reply = Reply.send(pool, RequestHead.get(Origin.http(host, port), "/"), PLAIN, group.next())
                .await();
        assertThat(reply.fault).isNull();
        assertThat(reply.head().status()).isEqualTo(200);
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static AddressLists.Address standing(HotPool pool, String host, String address) {
        return pool.addresses().addresses(host, 0).stream()
                .filter(a -> a.address().equals(ip(address)))
                .findFirst()
                .orElseThrow();
    }

    /** Connections to that port that wait for an answer to their SYN. */
    private static long dangling(int port) throws IOException {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/net/tcp6"))) {
            return lines.map(line -> line.trim().split(" +"))
                    .filter(f -> f.length > 3 && f[2].endsWith(suffix) && f[3].equals("02"))
                    .count();
        }
    }

    private static boolean hasIpv6() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    @Tag("check-46")
    void ipv6_that_is_a_black_hole_costs_a_quarter_of_a_second_once_and_no_socket() throws Exception {
        assumeTrue(hasIpv6(), "this machine has no IPv6 on loopback");
        RawOrigin v4 = origin("127.0.0.1", 0, 0);
        BlackHole v6 = blackHole("::1", v4.port());
        long before = dangling(v6.port());
        hosts.put("warm.test", ips("127.0.0.1"));
        for (int i = 0; i < 5; i++) {
            hosts.put("h" + i + ".test", ips("::1", "127.0.0.1"));
        }
        HotPool pool = pool(b -> {});
        get(pool, "warm.test", v4.port());
        List<Duration> first = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            first.add(get(pool, "h" + i + ".test", v4.port()));
        }
        first.sort(Duration::compareTo);
        assertThat(first.get(0)).as("IPv6 has its head start").isGreaterThanOrEqualTo(Duration.ofMillis(240));
        assertThat(first.get(2)).as("the median").isLessThan(Duration.ofMillis(400));
        await().untilAsserted(() -> assertThat(dangling(v6.port())).isEqualTo(before));

        dials.clear();
        for (int i = 0; i < 5; i++) {
            get(pool, "h" + i + ".test", v4.port());
        }
        assertThat(dials).as("nobody waits for it again").containsOnly(PoolListener.DialOutcome.FIRST_ADDRESS);
    }

    @Test
    void the_quick_address_gets_most_and_the_slow_ones_their_share() throws Exception {
        RawOrigin quick = origin("127.0.11.1", 0, 0);
        RawOrigin slow = origin("127.0.11.2", quick.port(), 40);
        RawOrigin alsoSlow = origin("127.0.11.3", quick.port(), 40);
        hosts.put("a.test", ips("127.0.11.1", "127.0.11.2", "127.0.11.3"));
        hosts.put("warm.test", ips("127.0.11.1"));
        HotPool pool = pool(b -> {});
        for (int i = 0; i < 20; i++) {
            get(pool, "warm.test", quick.port()); // the first answers of a process say nothing about an address
        }
        int before = quick.accepted.get();
        for (int i = 0; i < 90; i++) {
            get(pool, "a.test", quick.port());
        }
        // Two of three draws have it; by chance it would be a third of the requests.
        assertThat(quick.accepted.get() - before).isGreaterThan(45);
        assertThat(slow.accepted.get() + alsoSlow.accepted.get()).isPositive();
    }

    @Test
    void dead_addresses_are_found_once_and_cost_no_request_its_first_try() throws Exception {
        RawOrigin alive = origin("127.0.12.1", 0, 0);
        blackHole("127.0.12.2", alive.port());
        // Nobody listens on the two others.
        hosts.put("a.test", ips("127.0.12.1", "127.0.12.2", "127.0.12.3", "127.0.12.4"));
        HotPool pool = pool(b -> {});
        await().untilAsserted(() -> {
            get(pool, "a.test", alive.port());
            assertThat(pool.addresses().addresses("a.test", alive.port()))
                    .filteredOn(a -> a.suspectUntil() != null)
                    .hasSize(3);
        });
        dials.clear();
        for (int i = 0; i < 50; i++) {
            assertThat(get(pool, "a.test", alive.port())).isLessThan(Duration.ofMillis(250));
        }
        assertThat(dials).hasSize(50).containsOnly(PoolListener.DialOutcome.FIRST_ADDRESS);
    }

    @Test
    void a_denied_address_comes_back_when_a_test_finds_it_alive_and_no_request_has_to() throws Exception {
        RawOrigin alive = origin("127.0.13.1", 0, 30);
        hosts.put("a.test", ips("127.0.13.1", "127.0.13.2"));
        HotPool pool = pool(b -> {
            b.blacklistCheckInterval = Duration.ofSeconds(1);
            b.testTimeout = Duration.ofSeconds(2);
        });
        await().ignoreException(NoSuchElementException.class)
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> {
                    get(pool, "a.test", alive.port());
                    assertThat(standing(pool, "a.test", "127.0.13.2").state()).isEqualTo("denied");
                });
        assertThat(standing(pool, "a.test", "127.0.13.2").evidence()).matches("[0-9]+x connect_failed");

        RawOrigin back = origin("127.0.13.2", alive.port(), 0);
        await().untilAsserted(() ->
                assertThat(standing(pool, "a.test", "127.0.13.2").state()).isEqualTo("allowed"));
        assertThat(standing(pool, "a.test", "127.0.13.2").evidence()).endsWith("answered a test");
        assertThat(moves).contains("127.0.13.2 unknown denied connect_failed", "127.0.13.2 denied allowed retested");
        assertThat(back.requests).extracting(RawOrigin.Request::method).containsOnly("HEAD");
        assertThat(back.requests.get(0).headers().get("user-agent")).contains("Chrome/");
        assertThat(back.requests.get(0).headers().toString().toLowerCase(Locale.ROOT))
                .doesNotContain("hotpool", "health", "test-");
        for (int i = 0;
                i < 40 && back.requests.stream().noneMatch(r -> r.method().equals("GET"));
                i++) {
            get(pool, "a.test", alive.port());
        }
        assertThat(back.requests.stream().map(RawOrigin.Request::method).collect(Collectors.toSet()))
                .contains("GET");
    }

    @Test
    void with_every_address_dead_none_is_left_out() throws Exception {
        RawOrigin gone = origin("127.0.14.1", 0, 0);
        int port = gone.port();
        gone.close();
        hosts.put("a.test", ips("127.0.14.1", "127.0.14.2", "127.0.14.3"));
        HotPool pool = pool(b -> b.circuit = new PoolConfig.Circuit(0, Duration.ofSeconds(1)));
        for (int i = 0; i < 20; i++) {
            Reply.send(pool, RequestHead.get(Origin.http("a.test", port), "/"), PLAIN, group.next())
                    .await();
        }
        await().untilAsserted(() -> assertThat(pool.addresses().addresses("a.test", port))
                .filteredOn(a -> a.state().equals("denied"))
                .hasSize(1)); // half of three
        origin("127.0.14.1", port, 0);
        origin("127.0.14.2", port, 0);
        origin("127.0.14.3", port, 0);
        get(pool, "a.test", port);
    }
}
