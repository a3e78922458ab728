package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.AddressLists.Address;
import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.HotPools;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolConfig.Access.Unknown;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.Prewarm;
import io.hotpool.pool.PrewarmResult;
import io.hotpool.pool.address.AddressBlock;
import io.hotpool.pool.address.AddressLedger;
import io.hotpool.pool.address.LedgerRules;
import io.hotpool.pool.address.Observation;
import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.address.Standing.State;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.profile.Profiles;
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
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the ancestor did wrong with addresses and lists, by the numbers of its list of defects: none of it happens here. */
@Timeout(30)
class AncestorAddressDefectsTest {
    private static final ExchangeOptions PLAIN =
            ExchangeOptions.of(Profiles.builtIn().find("chrome").orElseThrow());

    private static MultiThreadIoEventLoopGroup group;

    @TempDir
    Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<String, List<InetAddress>> hosts = new HashMap<>();
    private final List<CloseReason> closed = new CopyOnWriteArrayList<>();

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

    private void host(String name, String... addresses) {
        hosts.put(
                name,
                Arrays.stream(addresses).map(AncestorAddressDefectsTest::ip).toList());
    }

    private RawOrigin origin(String address, int port) throws IOException {
        return origin(address, port, (request, connection) -> connection.respond(200, "", new byte[0]));
    }

    private RawOrigin closing(String address, int port) throws IOException {
        return origin(address, port, (request, connection) -> {
            connection.respond(200, "Connection: close\r\n", new byte[0]);
            connection.socket.close();
        });
    }

    private RawOrigin origin(String address, int port, RawOrigin.Script script) throws IOException {
        RawOrigin origin = new RawOrigin(new ServerSocket(port, 50, ip(address)), script);
        opened.add(origin);
        return origin;
    }

    private HotPool pool(Consumer<PoolConfig.Builder> change) {
        HotPool pool = HotPools.on(group)
                .tls(NO_TLS)
                .listener(new PoolListener() {
                    @Override
                    public void connectionClosed(ConnectionFacts connection, CloseReason reason, long requests) {
                        closed.add(reason);
                    }
                })
                .start(PoolConfig.DEFAULTS
                        .with(b -> b.dns = new PoolConfig.Dns(
                                List.of(), Map.copyOf(hosts), Duration.ofSeconds(5), Duration.ofHours(1)))
                        .with(change));
        opened.add(pool);
        return pool;
    }

    private static PoolConfig.Access access(
            List<String> whitelist, List<String> blacklist, Unknown unknown, Duration allowedFor, Path stateFile) {
        PoolConfig.Access d = PoolConfig.Access.DEFAULTS;
        return new PoolConfig.Access(
                whitelist.stream().map(AddressBlock::parse).toList(),
                blacklist.stream().map(AddressBlock::parse).toList(),
                unknown,
                allowedFor,
                d.blacklistTtl(),
                d.maxEjectedPercent(),
                stateFile);
    }

    private static Reply send(HotPool pool, String host, int port) throws Exception {
        return Reply.send(pool, RequestHead.get(Origin.http(host, port), "/"), PLAIN, group.next())
                .await();
    }

    private static Reply get(HotPool pool, String host, int port) throws Exception {
        Reply reply = send(pool, host, port);
        assertThat(reply.fault).isNull();
        return reply;
    }

    private static Address standing(HotPool pool, String host, String address) {
        return pool.addresses().addresses(host, 0).stream()
                .filter(a -> a.address().equals(ip(address)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void defect_10_the_only_address_on_the_black_list_is_one_answer_and_no_recursion() throws Exception {
        RawOrigin origin = origin("127.0.16.1", 0);
        host("a.test", "127.0.16.1");
        HotPool pool = pool(b -> {});
        pool.addresses()
                .put(Kind.BLACKLIST, AddressBlock.parse("127.0.16.1"), null, null)
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);
        for (int i = 0; i < 100; i++) {
            Reply reply = send(pool, "a.test", origin.port());
            assertThat(reply.fault.kind()).isEqualTo(FaultKind.ADDRESS_DENIED);
            assertThat(reply.exchange.attempts()).isZero();
        }
        assertThat(origin.accepted).hasValue(0);
    }

    @Test
    void defect_11_one_connect_error_denies_nobody_and_many_deny_at_one_host_for_a_time_only() {
        AddressLedger ledger = new AddressLedger(LedgerRules.DEFAULTS);
        Origin a = Origin.https("a.test", 443);
        Origin b = Origin.https("b.test", 443);
        List<InetAddress> addresses = List.of(ip("192.0.2.1"), ip("192.0.2.2"));
        ledger.resolved(a, addresses, 0);
        ledger.resolved(b, addresses, 0);
        ledger.observe(new Observation(a, addresses.get(0), Outcome.CONNECT_FAILED, 1, 0), 1);
        assertThat(ledger.standing(a, addresses.get(0), 1).state()).isEqualTo(State.UNKNOWN);
        ledger.observe(new Observation(a, addresses.get(0), Outcome.CONNECT_FAILED, 2, 0), 2);
        assertThat(ledger.standing(a, addresses.get(0), 2).state()).isEqualTo(State.DENIED);
        assertThat(ledger.standing(b, addresses.get(0), 2).state()).isEqualTo(State.UNKNOWN);
        ledger.observe(new Observation(a, addresses.get(1), Outcome.CONNECT_FAILED, 99, 0), 3);
        assertThat(ledger.standing(a, addresses.get(1), 3).state())
                .as("never the last one")
                .isNotEqualTo(State.DENIED);
        ledger.expire(LedgerRules.DEFAULTS.deniedFor().toMillis() + 2);
        assertThat(ledger.standings(a, 0)).noneMatch(s -> s.state() == State.DENIED);
    }

    @Test
    void defect_11_a_blip_of_the_local_network_blames_no_address() {
        AddressLedger ledger = new AddressLedger(LedgerRules.DEFAULTS);
        for (int round = 0; round < 5; round++) {
            for (String host : List.of("a.test", "b.test", "c.test", "d.test")) {
                Origin origin = Origin.https(host, 443);
                List<InetAddress> two = List.of(ip("192.0.2.1"), ip("192.0.2.2"));
                ledger.resolved(origin, two, round);
                two.forEach(
                        address -> ledger.observe(new Observation(origin, address, Outcome.CONNECT_FAILED, 1, 0), 1));
            }
        }
        assertThat(ledger.standings(5).values())
                .allSatisfy(all -> assertThat(all).noneMatch(s -> s.state() == State.DENIED));
    }

    @Test
    void defect_11_what_was_learned_outlives_the_process() throws Exception {
        Path file = folder.resolve("addresses.json");
        RawOrigin refusing = origin("127.0.17.1", 0, (request, connection) -> {
            connection.respond(403, "Connection: close\r\n", new byte[0]);
            connection.socket.close();
        });
        closing("127.0.17.2", refusing.port());
        host("a.test", "127.0.17.1", "127.0.17.2");
        PoolConfig.Access kept = access(List.of(), List.of(), Unknown.TEST, Duration.ofHours(1), file);
        try (HotPool pool = pool(b -> b.access = kept)) {
            await().ignoreExceptions().untilAsserted(() -> {
                send(pool, "a.test", refusing.port());
                assertThat(standing(pool, "a.test", "127.0.17.1").state()).isEqualTo("denied");
            });
        }
        assertThat(Files.readString(file)).contains("127.0.17.1", "forbidden");
        HotPool next = pool(b -> b.access = kept);
        int before = refusing.accepted.get();
        for (int i = 0; i < 20; i++) {
            assertThat(get(next, "a.test", refusing.port()).head().status()).isEqualTo(200);
        }
        assertThat(refusing.accepted).hasValue(before);
    }

    @Test
    void defect_12_an_answer_allows_for_a_time_and_the_white_list_has_an_effect() throws Exception {
        RawOrigin listed = closing("127.0.18.1", 0);
        RawOrigin other = closing("127.0.18.2", listed.port());
        host("a.test", "127.0.18.1", "127.0.18.2");
        HotPool strict =
                pool(b -> b.access = access(List.of("127.0.18.1"), List.of(), Unknown.DENY, Duration.ofHours(1), null));
        for (int i = 0; i < 20; i++) {
            get(strict, "a.test", listed.port());
        }
        assertThat(listed.accepted).hasValue(20);
        assertThat(other.accepted).hasValue(0);

        HotPool brief = pool(b -> b.access = access(List.of(), List.of(), Unknown.TEST, Duration.ofMillis(200), null));
        get(brief, "a.test", listed.port());
        await().until(() -> brief.addresses().size(Kind.WHITELIST) == 1);
        await().until(() -> brief.addresses().size(Kind.WHITELIST) == 0);
    }

    @Test
    void defect_13_the_callers_lists_are_used_and_an_update_drops_nothing() throws Exception {
        RawOrigin origin = origin("127.0.19.1", 0);
        host("a.test", "127.0.19.1");
        host("b.test", "127.0.19.9");
        HotPool pool =
                pool(b -> b.access = access(List.of(), List.of("127.0.19.9"), Unknown.TEST, Duration.ofHours(1), null));
        assertThat(send(pool, "b.test", origin.port()).fault.kind()).isEqualTo(FaultKind.ADDRESS_DENIED);
        get(pool, "a.test", origin.port());
        pool.update(pool.config().with(b -> b.maxIdleConns = 7));
        pool.update(pool.config().with(b -> b.maxIdleConns = 8));
        get(pool, "a.test", origin.port());
        assertThat(origin.accepted).as("the connection lives on").hasValue(1);
        assertThat(pool.addresses().entries(Kind.BLACKLIST)).hasSize(1);
        assertThat(send(pool, "b.test", origin.port()).fault.kind()).isEqualTo(FaultKind.ADDRESS_DENIED);
    }

    @Test
    void defect_19_a_connection_that_is_gone_is_replaced_at_once() throws Exception {
        List<RawOrigin.Connection> open = new CopyOnWriteArrayList<>();
        RawOrigin origin = origin("127.0.20.1", 0, (request, connection) -> {
            open.add(connection);
            connection.respond(200, "", new byte[0]);
        });
        host("a.test", "127.0.20.1");
        HotPool pool = pool(b -> b.minHot = 1);
        get(pool, "a.test", origin.port());
        open.get(0).socket.close();
        await().untilAsserted(() -> assertThat(closed).hasSize(1));
        get(pool, "a.test", origin.port());
        assertThat(origin.accepted.get()).isGreaterThanOrEqualTo(2);

        open.forEach(c -> {
            try {
                c.socket.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        int before = origin.accepted.get();
        await().untilAsserted(() -> assertThat(origin.accepted).as("refilled").hasValueGreaterThan(before));
    }

    @Test
    void defect_20_warming_again_closes_nothing_that_works() throws Exception {
        RawOrigin origin = origin("127.0.21.1", 0);
        host("a.test", "127.0.21.1");
        HotPool pool = pool(b -> {});
        Prewarm order = new Prewarm(Origin.http("a.test", origin.port()), PLAIN, 5);
        for (int round = 0; round < 3; round++) {
            PrewarmResult result = pool.prewarm(List.of(order))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS)
                    .get(0);
            assertThat(result.opened()).isEqualTo(round == 0 ? 5 : 0);
            assertThat(result.alreadyThere()).isEqualTo(round == 0 ? 0 : 5);
        }
        await().untilAsserted(() -> assertThat(origin.accepted).hasValue(5));
        assertThat(closed).isEmpty();
    }

    @Test
    void defect_21_any_port_every_address_and_close_twice() throws Exception {
        RawOrigin first = origin("127.0.22.1", 0);
        RawOrigin second = origin("127.0.22.2", first.port());
        host("a.test", "127.0.22.1", "127.0.22.2");
        HotPool pool = pool(b -> {});
        Prewarm order = new Prewarm(Origin.http("a.test", first.port()), PLAIN, 8);
        pool.prewarm(List.of(order)).toCompletableFuture().get(10, TimeUnit.SECONDS);
        await().untilAsserted(() ->
                assertThat(first.accepted.get() + second.accepted.get()).isEqualTo(8));
        assertThat(first.accepted).hasValueBetween(2, 6);
        pool.close();
        pool.close();
        assertThat(send(pool, "a.test", first.port()).fault.kind()).isEqualTo(FaultKind.DRAINING);
    }
}
