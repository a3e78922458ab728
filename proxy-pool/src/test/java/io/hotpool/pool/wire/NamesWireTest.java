package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.HotPool;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.testing.LocalDns;
import io.hotpool.pool.testing.LocalDns.Mood;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Names whose answers change or fail while their hosts are in use. */
@Timeout(30)
class NamesWireTest {
    private static final String OLD = "127.0.9.1";
    private static final String NEW = "127.0.9.2";

    @RegisterExtension
    static final LoopbackHosts hosts = new LoopbackHosts();

    @TempDir
    Path folder;

    private RawOrigin origin(String address, int port) throws Exception {
        return hosts.origin(address, port, (request, connection) -> {
            boolean check = request.method().equals("HEAD"); // of an idle connection
            connection.respond(200, "", check ? new byte[0] : address.getBytes(StandardCharsets.US_ASCII));
        });
    }

    private static PoolConfig.Dns servers(String... servers) {
        return new PoolConfig.Dns(List.of(servers), Map.of(), Duration.ofSeconds(1), Duration.ofHours(1));
    }

    private HotPool pool(PoolConfig.Dns dns, Consumer<PoolConfig.Builder> change) {
        return hosts.pool(pools -> pools.resolverFile(folder.resolve("resolv.conf")), b -> {
            b.dns = dns;
            change.accept(b);
        });
    }

    private static Reply send(HotPool pool, int port, String path) {
        return hosts.start(pool, "a.test", port, path);
    }

    private static String text(HotPool pool, int port) throws Exception {
        Reply reply = send(pool, port, "/").await();
        assertThat(reply.fault).isNull();
        return reply.text();
    }

    @Test
    @Tag("check-47")
    void a_host_that_moves_gets_new_connections_at_its_new_address_and_the_old_ones_drain() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        RawOrigin old = hosts.origin(OLD, 0, (request, connection) -> {
            if (request.path().equals("/slow")) {
                try {
                    answer.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    return;
                }
            }
            connection.respond(200, "", OLD.getBytes(StandardCharsets.US_ASCII));
        });
        origin(NEW, old.port());
        LocalDns dns = hosts.dns().name("a.test", OLD).ttl(3600);
        HotPool pool = pool(servers(dns.server()), b -> b.dnsUpdateInterval = Duration.ofSeconds(1));
        Reply slow = send(pool, old.port(), "/slow");
        await().until(() -> old.requests.size() == 1);
        assertThat(text(pool, old.port())).isEqualTo(OLD);

        dns.name("a.test", NEW);
        await().untilAsserted(() -> assertThat(text(pool, old.port())).isEqualTo(NEW));
        await().untilAsserted(() -> assertThat(hosts.closed).containsExactly(OLD + " ADDRESS_GONE"));
        assertThat(slow.done).isNotDone();
        answer.countDown();
        assertThat(slow.await().fault).as("what is under way ends in peace").isNull();
        await().untilAsserted(() -> assertThat(hosts.closed).hasSize(2));
        assertThat(old.open).hasValue(0);
    }

    @Test
    void a_shorter_interval_takes_effect_at_once() throws Exception {
        RawOrigin old = origin(OLD, 0);
        origin(NEW, old.port());
        LocalDns dns = hosts.dns().name("a.test", OLD).ttl(3600);
        HotPool pool = pool(servers(dns.server()), b -> {});
        assertThat(text(pool, old.port())).isEqualTo(OLD);
        dns.name("a.test", NEW);
        pool.update(pool.config().with(b -> b.dnsUpdateInterval = Duration.ofSeconds(1)));
        await().untilAsserted(() -> assertThat(text(pool, old.port())).isEqualTo(NEW));
    }

    @Test
    void while_name_servers_fail_the_last_answer_holds() throws Exception {
        RawOrigin origin = hosts.origin(OLD, 0, (request, connection) -> {
            connection.respond(200, "Connection: close\r\n", OLD.getBytes(StandardCharsets.US_ASCII));
            connection.socket.close();
        });
        LocalDns dns = hosts.dns().name("a.test", OLD).ttl(0);
        HotPool pool = pool(servers(dns.server()), b -> {
            b.dns = new PoolConfig.Dns(List.of(dns.server()), Map.of(), Duration.ZERO, Duration.ofHours(1));
            b.dnsUpdateInterval = Duration.ofSeconds(1);
        });
        assertThat(text(pool, origin.port())).isEqualTo(OLD);
        dns.mood(Mood.FAILS);
        for (int i = 0; i < 3; i++) {
            assertThat(text(pool, origin.port())).isEqualTo(OLD);
        }
        assertThat(origin.accepted).hasValue(4);
    }

    @Test
    void a_name_that_is_gone_is_told_and_not_served_from_memory() throws Exception {
        RawOrigin origin = hosts.origin(OLD, 0, (request, connection) -> {
            connection.respond(200, "Connection: close\r\n", OLD.getBytes(StandardCharsets.US_ASCII));
            connection.socket.close();
        });
        LocalDns dns = hosts.dns().name("a.test", OLD).ttl(0);
        HotPool pool =
                pool(new PoolConfig.Dns(List.of(dns.server()), Map.of(), Duration.ZERO, Duration.ofHours(1)), b -> {});
        assertThat(text(pool, origin.port())).isEqualTo(OLD);
        dns.mood(Mood.KNOWS_NOTHING);
        Reply reply = send(pool, origin.port(), "/").await();
        assertThat(reply.fault.kind()).isEqualTo(FaultKind.DNS_FAILED);
        assertThat(reply.fault.detail()).contains("a.test", "not known to the configured DNS servers");
    }

    @Test
    void a_name_server_that_fails_is_passed_over_for_the_next_one() throws Exception {
        RawOrigin origin = origin(OLD, 0);
        LocalDns broken = hosts.dns();
        broken.mood(Mood.FAILS);
        LocalDns silent = hosts.dns();
        silent.mood(Mood.SILENT);
        LocalDns good = hosts.dns().name("a.test", OLD);
        HotPool pool = pool(servers(broken.server(), silent.server(), good.server()), b -> {});
        assertThat(text(pool, origin.port())).isEqualTo(OLD);
        assertThat(broken.queries()).isNotEmpty();
        assertThat(silent.queries()).isNotEmpty();
    }

    @Test
    void other_name_servers_and_configured_hosts_act_at_once_and_drain_what_they_replace() throws Exception {
        RawOrigin old = origin(OLD, 0);
        origin(NEW, old.port());
        LocalDns dns = hosts.dns().name("a.test", OLD).ttl(3600);
        HotPool pool = pool(servers(dns.server()), b -> b.dnsUpdateInterval = Duration.ofSeconds(1));
        InetAddress moved = InetAddress.getByName(NEW);
        assertThat(text(pool, old.port())).isEqualTo(OLD);
        pool.update(pool.config()
                .with(b -> b.dns = new PoolConfig.Dns(
                        List.of(), Map.of("a.test", List.of(moved)), Duration.ofSeconds(1), Duration.ofHours(1))));
        await().untilAsserted(() -> assertThat(text(pool, old.port())).isEqualTo(NEW));
        await().untilAsserted(() -> assertThat(hosts.closed).containsExactly(OLD + " ADDRESS_GONE"));
    }

    @Test
    void a_changed_resolver_file_has_names_asked_for_anew() throws Exception {
        RawOrigin old = origin(OLD, 0);
        LocalDns dns = hosts.dns().name("a.test", OLD).ttl(3600);
        Path file = Files.writeString(folder.resolve("resolv.conf"), "nameserver 127.0.0.1\n");
        HotPool pool = pool(servers(dns.server()), b -> {});
        assertThat(text(pool, old.port())).isEqualTo(OLD);
        int asked = dns.queries().size();
        Files.writeString(file, "nameserver 127.0.0.2\n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        await().untilAsserted(() -> assertThat(dns.queries()).hasSizeGreaterThan(asked));
    }
}
