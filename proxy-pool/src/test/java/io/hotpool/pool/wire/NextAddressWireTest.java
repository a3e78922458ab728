package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.AddressLists;
import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.HotPools;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Authority;
import io.hotpool.pool.testing.TestCertificates.Identity;
import io.hotpool.pool.tls.BrowserTls;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host of which one address fails in TLS: the request goes out over the other one, and the client sees nothing of it. */
@Timeout(30)
class NextAddressWireTest {
    private static final Authority CA = TestCertificates.authority("Next address CA");
    private static final ExchangeOptions PLAIN =
            ExchangeOptions.of(Profiles.builtIn().find("chrome").orElseThrow());
    private static final InetAddress BAD = ip("127.0.8.1");
    private static final InetAddress GOOD = ip("127.0.8.2");

    private static MultiThreadIoEventLoopGroup group;
    private static ExecutorService crypto;

    @TempDir
    Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<String> retries = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() {
        group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        crypto = Executors.newFixedThreadPool(2);
    }

    @AfterAll
    static void stop() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        crypto.shutdownNow();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private static InetAddress ip(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What an address does with a connection, before or instead of TLS. */
    private interface Doing {
        void with(Socket socket, int number) throws IOException;
    }

    /** An address that never gets as far as a request. */
    private final class BadAddress implements AutoCloseable {
        final AtomicInteger accepted = new AtomicInteger();
        private final ServerSocket server;

        BadAddress(int port, Doing doing) throws IOException {
            server = new ServerSocket(port, 50, BAD);
            opened.add(this);
            Thread thread = new Thread(() -> accept(doing), "bad-address");
            thread.setDaemon(true);
            thread.start();
        }

        private void accept(Doing doing) {
            try {
                while (true) {
                    Socket socket = server.accept();
                    opened.add(socket);
                    doing.with(socket, accepted.incrementAndGet());
                }
            } catch (IOException e) {
                // closed
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static void reset(Socket socket, int number) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static void alert(Socket socket, int number) throws IOException {
        socket.getInputStream().read();
        socket.getOutputStream().write(new byte[] {21, 3, 3, 0, 2, 2, 80});
    }

    private static void silence(Socket socket, int number) {}

    private RawOrigin origin(InetAddress address, int port, Identity identity) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity.keyManagers().getKeyManagers(), null, null);
        RawOrigin origin = new RawOrigin(
                context.getServerSocketFactory().createServerSocket(port, 50, address),
                (request, connection) -> connection.respond(
                        200, "Connection: close\r\n", request.body().length == 0 ? new byte[] {'y'} : request.body()));
        opened.add(origin);
        return origin;
    }

    private RawOrigin good() throws Exception {
        return origin(GOOD, 0, CA.leaf("a.test"));
    }

    private HotPool pool(List<InetAddress> addresses, Consumer<PoolConfig.Builder> change) {
        PoolConfig config = PoolConfig.DEFAULTS
                .with(b -> {
                    b.dns = new PoolConfig.Dns(
                            List.of(), Map.of("a.test", addresses), Duration.ofSeconds(5), Duration.ofHours(1));
                    b.connTimeout = Duration.ofSeconds(3);
                })
                .with(change);
        BrowserTls tls = new BrowserTls(new BrowserTls.Config(List.of(CA.writePem(folder)), null, true), crypto);
        opened.add(tls);
        HotPool pool = HotPools.on(group)
                .tls(tls)
                .listener(new PoolListener() {
                    @Override
                    public void retried(Origin origin, String reason) {
                        retries.add(reason);
                    }
                })
                .start(config);
        opened.add(pool);
        return pool;
    }

    private HotPool pool() {
        return pool(List.of(BAD, GOOD), b -> {});
    }

    private static Reply post(HotPool pool, int port) throws Exception {
        Origin to = Origin.https("a.test", port);
        RequestHead head = new RequestHead("POST", to, to.authority(), "/", new HeaderList(), 3, RequestKind.FETCH, "");
        Reply reply = Reply.send(pool, head, PLAIN, group.next());
        await().until(() -> reply.exchange != null);
        reply.upload("abc".getBytes(StandardCharsets.US_ASCII), true);
        return reply.await();
    }

    /** Sends POSTs until the bad address had its turn; each of them succeeds, at the first attempt. */
    private static void postUntilTried(HotPool pool, RawOrigin good, AtomicInteger triedBad) throws Exception {
        for (int i = 0; i < 3 || triedBad.get() == 0; i++) {
            Reply reply = post(pool, good.port());
            assertThat(reply.fault).isNull();
            assertThat(reply.text()).isEqualTo("abc");
            assertThat(reply.exchange.attempts()).isEqualTo(1);
            assertThat(good.requests).hasSize(i + 1);
            assertThat(i).isLessThan(60);
        }
    }

    private static AddressLists.Address standing(HotPool pool, int port, InetAddress address) {
        return pool.addresses().addresses("a.test", port).stream()
                .filter(a -> a.address().equals(address))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_handshake_that_is_reset_goes_on_with_the_next_address_also_for_a_post() throws Exception {
        RawOrigin good = good();
        BadAddress bad = new BadAddress(good.port(), NextAddressWireTest::reset);
        HotPool pool = pool();
        postUntilTried(pool, good, bad.accepted);
        assertThat(retries).as("nothing was sent, so nothing was sent again").isEmpty();
        await().untilAsserted(() ->
                assertThat(standing(pool, good.port(), BAD).score()).isLessThan(0.5));
    }

    @Test
    void a_handshake_that_is_refused_by_an_alert_goes_on_with_the_next_address() throws Exception {
        RawOrigin good = good();
        BadAddress bad = new BadAddress(good.port(), NextAddressWireTest::alert);
        postUntilTried(pool(), good, bad.accepted);
    }

    @Test
    void an_address_that_says_nothing_in_tls_costs_a_part_of_the_time_only() throws Exception {
        RawOrigin good = good();
        BadAddress bad = new BadAddress(good.port(), NextAddressWireTest::silence);
        postUntilTried(pool(List.of(BAD, GOOD), b -> b.connTimeout = Duration.ofSeconds(5)), good, bad.accepted);
    }

    @Test
    void the_wrong_certificate_on_one_address_is_that_addresss_fault() throws Exception {
        RawOrigin good = good();
        RawOrigin other = origin(BAD, good.port(), CA.leaf("b.test"));
        HotPool pool = pool();
        postUntilTried(pool, good, other.accepted);
        assertThat(other.requests).isEmpty();
        await().untilAsserted(() ->
                assertThat(standing(pool, good.port(), BAD).score()).isLessThan(0.5));
    }

    @Test
    void the_wrong_certificate_on_every_address_is_told_and_blames_none() throws Exception {
        RawOrigin first = origin(GOOD, 0, CA.leaf("b.test"));
        RawOrigin second = origin(BAD, first.port(), CA.leaf("b.test"));
        HotPool pool = pool();
        for (int i = 0; i < 4; i++) {
            assertThat(post(pool, first.port()).fault.kind()).isEqualTo(FaultKind.TLS_CERTIFICATE);
        }
        assertThat(first.accepted).hasValue(4);
        assertThat(second.accepted).hasValue(4);
        assertThat(pool.addresses().addresses("a.test", first.port()))
                .allMatch(address -> address.score() == 0.5 && address.state().equals("unknown"));
    }

    @Test
    void max_retries_bounds_the_addresses_that_get_a_handshake() throws Exception {
        RawOrigin good = good();
        BadAddress bad = new BadAddress(good.port(), NextAddressWireTest::alert);
        HotPool pool = pool(List.of(BAD, GOOD), b -> b.maxRetries = 0);
        Reply reply = post(pool, good.port());
        for (int i = 0; reply.fault == null && i < 60; i++) {
            reply = post(pool, good.port());
        }
        assertThat(bad.accepted).hasValue(1);
        assertThat(reply.fault.kind()).isEqualTo(FaultKind.TLS_FAILED);
        assertThat(reply.fault.address()).isEqualTo(BAD);
    }

    @Test
    void a_handshake_that_is_cut_on_the_only_address_is_tried_again_after_a_pause() throws Exception {
        RawOrigin good = good();
        BadAddress bad = new BadAddress(0, (socket, number) -> {
            if (number <= 2) {
                socket.close();
                return;
            }
            relay(socket, good.port());
        });
        HotPool pool = pool(List.of(BAD), b -> {});
        Reply reply = post(pool, bad.server.getLocalPort());
        assertThat(reply.fault).isNull();
        assertThat(reply.text()).isEqualTo("abc");
        assertThat(good.requests).hasSize(1);
        assertThat(bad.accepted).hasValue(3);
        assertThat(retries).containsExactly("handshake_cut", "handshake_cut");
    }

    private void relay(Socket from, int port) throws IOException {
        Socket to = new Socket(GOOD, port);
        opened.add(to);
        for (Socket[] way : new Socket[][] {{from, to}, {to, from}}) {
            Thread thread = new Thread(() -> {
                try {
                    way[0].getInputStream().transferTo(way[1].getOutputStream());
                } catch (IOException e) {
                    // one of them ended
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
    }
}
