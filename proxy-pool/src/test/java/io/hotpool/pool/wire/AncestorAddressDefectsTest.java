package io.hotpool.pool.wire;

import static io.hotpool.pool.wire.LoopbackHosts.ip;
import static io.hotpool.pool.wire.LoopbackHosts.standing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolConfig.Access.Unknown;
import io.hotpool.pool.Prewarm;
import io.hotpool.pool.PrewarmResult;
import io.hotpool.pool.address.AddressBlock;
import io.hotpool.pool.address.AddressLedger;
import io.hotpool.pool.address.LedgerRules;
import io.hotpool.pool.address.Observation;
import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.address.Standing.State;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the ancestor did wrong with addresses and lists, by the numbers of its list of defects: none of it happens here. */
@Timeout(30)
class AncestorAddressDefectsTest {
    @RegisterExtension
    static final LoopbackHosts hosts = new LoopbackHosts();

    @TempDir
    Path folder;

    private static HotPool pool(Consumer<PoolConfig.Builder> change) {
        return hosts.pool(change);
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

    @Test
    void defect_10_the_only_address_on_the_black_list_is_one_answer_and_no_recursion() throws Exception {
        RawOrigin origin = hosts.origin("127.0.16.1", 0);
        hosts.host("a.test", "127.0.16.1");
        HotPool pool = pool(b -> {});
        pool.addresses()
                .put(Kind.BLACKLIST, AddressBlock.parse("127.0.16.1"), null, null)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        for (int i = 0; i < 100; i++) {
            Reply reply = hosts.send(pool, "a.test", origin.port());
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
        RawOrigin refusing = hosts.origin("127.0.17.1", 0, (request, connection) -> {
            connection.respond(403, "Connection: close\r\n", new byte[0]);
            connection.socket.close();
        });
        hosts.closing("127.0.17.2", refusing.port(), 0);
        hosts.host("a.test", "127.0.17.1", "127.0.17.2");
        PoolConfig.Access kept = access(List.of(), List.of(), Unknown.TEST, Duration.ofHours(1), file);
        try (HotPool pool = pool(b -> b.access = kept)) {
            await().ignoreExceptions().untilAsserted(() -> {
                hosts.send(pool, "a.test", refusing.port());
                assertThat(standing(pool, "a.test", "127.0.17.1").state()).isEqualTo("denied");
            });
        }
        assertThat(Files.readString(file)).contains("127.0.17.1", "forbidden");
        HotPool next = pool(b -> b.access = kept);
        int before = refusing.accepted.get();
        for (int i = 0; i < 20; i++) {
            assertThat(hosts.get(next, "a.test", refusing.port()).head().status())
                    .isEqualTo(200);
        }
        assertThat(refusing.accepted).hasValue(before);
    }

    @Test
    void defect_12_an_answer_allows_for_a_time_and_the_white_list_has_an_effect() throws Exception {
        RawOrigin listed = hosts.closing("127.0.18.1", 0, 0);
        RawOrigin other = hosts.closing("127.0.18.2", listed.port(), 0);
        hosts.host("a.test", "127.0.18.1", "127.0.18.2");
        HotPool strict =
                pool(b -> b.access = access(List.of("127.0.18.1"), List.of(), Unknown.DENY, Duration.ofHours(1), null));
        for (int i = 0; i < 20; i++) {
            hosts.get(strict, "a.test", listed.port());
        }
        assertThat(listed.accepted).hasValue(20);
        assertThat(other.accepted).hasValue(0);

        HotPool brief = pool(b -> b.access = access(List.of(), List.of(), Unknown.TEST, Duration.ofMillis(200), null));
        hosts.get(brief, "a.test", listed.port());
        await().until(() -> brief.addresses().size(Kind.WHITELIST) == 1);
        await().until(() -> brief.addresses().size(Kind.WHITELIST) == 0);
    }

    @Test
    void defect_13_the_callers_lists_are_used_and_an_update_drops_nothing() throws Exception {
        RawOrigin origin = hosts.origin("127.0.19.1", 0);
        hosts.host("a.test", "127.0.19.1");
        hosts.host("b.test", "127.0.19.9");
        HotPool pool =
                pool(b -> b.access = access(List.of(), List.of("127.0.19.9"), Unknown.TEST, Duration.ofHours(1), null));
        assertThat(hosts.send(pool, "b.test", origin.port()).fault.kind()).isEqualTo(FaultKind.ADDRESS_DENIED);
        hosts.get(pool, "a.test", origin.port());
        pool.update(pool.config().with(b -> b.maxIdleConns = 7));
        pool.update(pool.config().with(b -> b.maxIdleConns = 8));
        hosts.get(pool, "a.test", origin.port());
        assertThat(origin.accepted).as("the connection lives on").hasValue(1);
        assertThat(pool.addresses().entries(Kind.BLACKLIST)).hasSize(1);
        assertThat(hosts.send(pool, "b.test", origin.port()).fault.kind()).isEqualTo(FaultKind.ADDRESS_DENIED);
    }

    @Test
    void defect_19_a_connection_that_is_gone_is_replaced_at_once() throws Exception {
        List<RawOrigin.Connection> open = new CopyOnWriteArrayList<>();
        RawOrigin origin = hosts.origin("127.0.20.1", 0, (request, connection) -> {
            open.add(connection);
            connection.respond(200, "", new byte[0]);
        });
        hosts.host("a.test", "127.0.20.1");
        HotPool pool = pool(b -> b.minHot = 1);
        hosts.get(pool, "a.test", origin.port());
        open.get(0).socket.close();
        await().untilAsserted(() -> assertThat(hosts.closed).hasSize(1));
        hosts.get(pool, "a.test", origin.port());
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
        RawOrigin origin = hosts.origin("127.0.21.1", 0);
        hosts.host("a.test", "127.0.21.1");
        HotPool pool = pool(b -> {});
        Prewarm order = new Prewarm(Origin.http("a.test", origin.port()), LoopbackHosts.PLAIN, 5);
        for (int round = 0; round < 3; round++) {
            PrewarmResult result = pool.prewarm(List.of(order))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS)
                    .get(0);
            assertThat(result.opened()).isEqualTo(round == 0 ? 5 : 0);
            assertThat(result.alreadyThere()).isEqualTo(round == 0 ? 0 : 5);
        }
        await().untilAsserted(() -> assertThat(origin.accepted).hasValue(5));
        assertThat(hosts.closed).isEmpty();
    }

    @Test
    void defect_21_any_port_every_address_and_close_twice() throws Exception {
        RawOrigin first = hosts.origin("127.0.22.1", 0);
        RawOrigin second = hosts.origin("127.0.22.2", first.port());
        hosts.host("a.test", "127.0.22.1", "127.0.22.2");
        HotPool pool = pool(b -> {});
        Prewarm order = new Prewarm(Origin.http("a.test", first.port()), LoopbackHosts.PLAIN, 8);
        pool.prewarm(List.of(order)).toCompletableFuture().get(10, TimeUnit.SECONDS);
        await().untilAsserted(() ->
                assertThat(first.accepted.get() + second.accepted.get()).isEqualTo(8));
        assertThat(first.accepted).hasValueBetween(2, 6);
        pool.close();
        pool.close();
        assertThat(hosts.send(pool, "a.test", first.port()).fault.kind()).isEqualTo(FaultKind.DRAINING);
    }
}
