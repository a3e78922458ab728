package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.HotPools;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.pool.testing.LocalDns;
import io.hotpool.pool.testing.LocalDns.Mood;
import io.hotpool.pool.tls.TlsRequest;
import io.hotpool.pool.tls.UpstreamTls;
import io.netty.channel.ChannelHandler;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Names whose answers change or fail while their hosts are in use. */
@Timeout(30)
class NamesWireTest {
    private static final ExchangeOptions PLAIN =
            ExchangeOptions.of(Profiles.builtIn().find("chrome").orElseThrow());
    private static final String OLD = "127.0.9.1";
    private static final String NEW = "127.0.9.2";

    private static MultiThreadIoEventLoopGroup group;

    @TempDir
    Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<String> closed = new CopyOnWriteArrayList<>();

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

    private RawOrigin origin(String address, int port, RawOrigin.Script script) throws Exception {
        RawOrigin origin = new RawOrigin(new ServerSocket(port, 50, InetAddress.getByName(address)), script);
        opened.add(origin);
        return origin;
    }

    private RawOrigin origin(String address, int port) throws Exception {
        return origin(address, port, (request, connection) -> {
            boolean check = request.method().equals("HEAD"); // of an idle connection
            connection.respond(200, "", check ? new byte[0] : address.getBytes(StandardCharsets.US_ASCII));
        });
    }

    private LocalDns dns() throws Exception {
        LocalDns dns = new LocalDns();
        opened.add(dns);
        return dns;
    }

    private static PoolConfig.Dns servers(String... servers) {
        return new PoolConfig.Dns(List.of(servers), Map.of(), Duration.ofSeconds(1), Duration.ofHours(1));
    }

    private HotPool pool(PoolConfig.Dns dns, Consumer<PoolConfig.Builder> change) {
        HotPool pool = HotPools.on(group)
                .tls(NO_TLS)
                .resolverFile(folder.resolve("resolv.conf"))
                .listener(new PoolListener() {
                    @Override
                    public void connectionClosed(ConnectionFacts connection, CloseReason reason, long requests) {
                        closed.add(connection.remote().getAddress().getHostAddress() + " " + reason);
                    }
                })
                .start(PoolConfig.DEFAULTS.with(b -> b.dns = dns).with(change));
        opened.add(pool);
        return pool;
    }

    private static RequestHead get(int port, String path) {
        return RequestHead.get(Origin.http("a.test", port), path);
    }

    private static Reply send(HotPool pool, int port, String path) {
        return Reply.send(pool, get(port, path), PLAIN, group.next());
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
        RawOrigin old = origin(OLD, 0, (request, connection) -> {
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
        LocalDns dns = dns().name("a.test", OLD).ttl(3600);
        HotPool pool = pool(servers(dns.server()), b -> b.dnsUpdateInterval = Duration.ofSeconds(1));
        Reply slow = send(pool, old.port(), "/slow");
        await().until(() -> old.requests.size() == 1);
        assertThat(text(pool, old.port())).isEqualTo(OLD);

        long changed = System.nanoTime();
        dns.name("a.test", NEW);
        await().untilAsserted(() -> assertThat(text(pool, old.port())).isEqualTo(NEW));
        assertThat(Duration.ofNanos(System.nanoTime() - changed)).isLessThan(Duration.ofSeconds(3));
        await().untilAsserted(() -> assertThat(closed).containsExactly(OLD + " ADDRESS_GONE"));
        assertThat(slow.done).isNotDone();
        answer.countDown();
        assertThat(slow.await().fault).as("what is under way ends in peace").isNull();
        await().untilAsserted(() -> assertThat(closed).hasSize(2));
        assertThat(old.open).hasValue(0);
    }

    @Test
    void a_shorter_interval_takes_effect_at_once() throws Exception {
        RawOrigin old = origin(OLD, 0);
        origin(NEW, old.port());
        LocalDns dns = dns().name("a.test", OLD).ttl(3600);
        HotPool pool = pool(servers(dns.server()), b -> {});
        assertThat(text(pool, old.port())).isEqualTo(OLD);
        dns.name("a.test", NEW);
        pool.update(pool.config().with(b -> b.dnsUpdateInterval = Duration.ofSeconds(1)));
        await().untilAsserted(() -> assertThat(text(pool, old.port())).isEqualTo(NEW));
    }

    @Test
    void while_name_servers_fail_the_last_answer_holds() throws Exception {
        RawOrigin origin = origin(OLD, 0, (request, connection) -> {
            connection.respond(200, "Connection: close\r\n", OLD.getBytes(StandardCharsets.US_ASCII));
            connection.socket.close();
        });
        LocalDns dns = dns().name("a.test", OLD).ttl(0);
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
        RawOrigin origin = origin(OLD, 0, (request, connection) -> {
            connection.respond(200, "Connection: close\r\n", OLD.getBytes(StandardCharsets.US_ASCII));
            connection.socket.close();
        });
        LocalDns dns = dns().name("a.test", OLD).ttl(0);
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
        LocalDns broken = dns();
        broken.mood(Mood.FAILS);
        LocalDns silent = dns();
        silent.mood(Mood.SILENT);
        LocalDns good = dns().name("a.test", OLD);
        HotPool pool = pool(servers(broken.server(), silent.server(), good.server()), b -> {});
        assertThat(text(pool, origin.port())).isEqualTo(OLD);
        assertThat(broken.queries()).isNotEmpty();
        assertThat(silent.queries()).isNotEmpty();
    }

    @Test
    void other_name_servers_and_configured_hosts_act_at_once_and_drain_what_they_replace() throws Exception {
        RawOrigin old = origin(OLD, 0);
        origin(NEW, old.port());
        LocalDns dns = dns().name("a.test", OLD).ttl(3600);
        HotPool pool = pool(servers(dns.server()), b -> b.dnsUpdateInterval = Duration.ofSeconds(1));
        InetAddress moved = InetAddress.getByName(NEW);
        assertThat(text(pool, old.port())).isEqualTo(OLD);
        pool.update(pool.config()
                .with(b -> b.dns = new PoolConfig.Dns(
                        List.of(), Map.of("a.test", List.of(moved)), Duration.ofSeconds(1), Duration.ofHours(1))));
        await().untilAsserted(() -> assertThat(text(pool, old.port())).isEqualTo(NEW));
        await().untilAsserted(() -> assertThat(closed).containsExactly(OLD + " ADDRESS_GONE"));
    }

    @Test
    void a_changed_resolver_file_has_names_asked_for_anew() throws Exception {
        RawOrigin old = origin(OLD, 0);
        LocalDns dns = dns().name("a.test", OLD).ttl(3600);
        Path file = Files.writeString(folder.resolve("resolv.conf"), "nameserver 127.0.0.1\n");
        HotPool pool = pool(servers(dns.server()), b -> {});
        assertThat(text(pool, old.port())).isEqualTo(OLD);
        int asked = dns.queries().size();
        Files.writeString(file, "nameserver 127.0.0.2\n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        await().untilAsserted(() -> assertThat(dns.queries()).hasSizeGreaterThan(asked));
    }
}
