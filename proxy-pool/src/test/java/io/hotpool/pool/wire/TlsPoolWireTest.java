package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.HotPools;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Authority;
import io.hotpool.pool.tls.BrowserTls;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.ServerSocket;
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
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole pool over a browser's TLS to Node.js, HTTP/2 and HTTP/1.1; on epoll where it is. */
@Timeout(40)
class TlsPoolWireTest {
    private static final Authority CA = TestCertificates.authority("Pool test CA");
    private static final BrowserProfile CHROME =
            Profiles.builtIn().find("chrome").orElseThrow();
    private static final ExchangeOptions PLAIN = ExchangeOptions.of(CHROME);

    private static MultiThreadIoEventLoopGroup group;
    private static MultiThreadIoEventLoopGroup clients;
    private static ExecutorService crypto;

    @TempDir
    Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<String> retries = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() {
        group = new MultiThreadIoEventLoopGroup(
                2, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        clients = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        crypto = Executors.newFixedThreadPool(2);
    }

    @AfterAll
    static void stop() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        clients.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        crypto.shutdownNow();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private NodeOrigin node(String protocol, String... more) throws Exception {
        assumeTrue(NodeOrigin.installed(), "node is not installed");
        NodeOrigin origin = new NodeOrigin(folder, CA.leaf("a.test", "b.test"), protocol, more);
        opened.add(origin);
        return origin;
    }

    private HotPool pool(Consumer<PoolConfig.Builder> change) {
        List<InetAddress> here = List.of(InetAddress.getLoopbackAddress());
        Map<String, List<InetAddress>> hosts = Map.of("a.test", here, "b.test", here, "c.test", here);
        PoolConfig config = PoolConfig.DEFAULTS
                .with(b -> b.dns = new PoolConfig.Dns(List.of(), hosts, Duration.ofSeconds(5), Duration.ofHours(1)))
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

    private static RequestHead get(NodeOrigin origin, String host, String path) {
        return RequestHead.get(Origin.https(host, origin.port()), path);
    }

    private static Reply send(HotPool pool, RequestHead head) {
        return Reply.send(pool, head, PLAIN, clients.next());
    }

    private static PoolSnapshot picture(HotPool pool) throws Exception {
        return pool.snapshot().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void requests_go_out_as_the_profiles_browser_over_h2_and_the_facts_say_so() throws Exception {
        NodeOrigin origin = node("h2");
        HotPool pool = pool(b -> {});
        Reply reply = send(pool, get(origin, "a.test", "/x")).await();
        assertThat(reply.fault).isNull();
        assertThat(reply.text()).isEqualTo("a.test:" + origin.port() + "/x");
        assertThat(reply.head().headers().get("x-version")).isEqualTo("2.0");
        assertThat(reply.connection.protocol()).isEqualTo(Protocol.H2);
        assertThat(reply.connection.tlsVersion()).isEqualTo("TLSv1.3");
        assertThat(reply.connection.ja4()).isEqualTo(CHROME.expected().ja4());
        assertThat(reply.connection.akamai()).isEqualTo(CHROME.expected().akamai());
        assertThat(reply.exchange.timing().reused()).isFalse();
        assertThat(reply.exchange.timing().tlsNanos()).isPositive();
        Reply second = send(pool, get(origin, "a.test", "/y")).await();
        assertThat(second.exchange.timing().reused()).isTrue();
        assertThat(second.connection.id()).isEqualTo(reply.connection.id());
    }

    @Test
    void ninety_requests_at_once_share_one_dial_and_one_connection() throws Exception {
        NodeOrigin origin = node("h2");
        HotPool pool = pool(b -> {});
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            RequestHead head = get(origin, "a.test", "/hold?90");
            EventLoop loop = i % 2 == 0 ? pool.loopOf(head.origin()) : clients.next();
            replies.add(Reply.send(pool, head, PLAIN, loop));
        }
        for (Reply reply : replies) {
            assertThat(reply.await().fault).isNull();
            assertThat(reply.text()).isEqualTo("all");
            assertThat(reply.head().headers().get("x-sessions")).isEqualTo("1");
        }
        assertThat(picture(pool).connections()).isEqualTo(1);
    }

    @Test
    void the_timeout_of_a_request_covers_http2() throws Exception {
        NodeOrigin origin = node("h2");
        HotPool pool = pool(b -> {});
        assertThat(send(pool, get(origin, "a.test", "/")).await().fault).isNull();
        Reply late = Reply.send(
                        pool,
                        get(origin, "a.test", "/hold?2"),
                        PLAIN.withTimeout(Duration.ofMillis(300)),
                        clients.next())
                .await();
        assertThat(late.fault.kind()).isEqualTo(FaultKind.EXCHANGE_TIMEOUT);
        assertThat(picture(pool).inState("idle")).as("only the stream ended").isEqualTo(1);
    }

    @Test
    void requests_at_once_share_the_probe_of_an_h2_connection() throws Exception {
        NodeOrigin origin = node("h2");
        HotPool pool = pool(b -> {});
        RequestHead head = get(origin, "a.test", "/hold?20");
        ExchangeOptions checked = PLAIN.withValidation(ExchangeOptions.Validation.of("/count", "2xx"));
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            replies.add(Reply.send(pool, head, checked, clients.next()));
        }
        for (Reply reply : replies) {
            assertThat(reply.await().fault).isNull();
        }
        PoolSnapshot.Connection only =
                picture(pool).hosts().get(0).connections().get(0);
        assertThat(picture(pool).connections()).isEqualTo(1);
        assertThat(only.requests()).as("leases").isEqualTo(20);
        Reply counted = send(pool, get(origin, "a.test", "/count")).await();
        assertThat(counted.head().headers().get("x-seen"))
                .as("one probe, and this")
                .isEqualTo("2");
    }

    @Test
    void two_names_on_one_address_have_a_connection_each() throws Exception {
        NodeOrigin origin = node("h2");
        HotPool pool = pool(b -> {});
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            replies.add(send(pool, get(origin, i % 2 == 0 ? "a.test" : "b.test", "/" + i)));
        }
        for (int i = 0; i < 100; i++) {
            Reply reply = replies.get(i).await();
            String host = i % 2 == 0 ? "a.test" : "b.test";
            assertThat(reply.text()).isEqualTo(host + ":" + origin.port() + "/" + i);
            assertThat(reply.head().headers().get("x-sni")).isEqualTo(host);
        }
        assertThat(picture(pool).connections()).isEqualTo(2);
    }

    @Test
    void a_hundred_requests_all_succeed_where_one_stream_at_a_time_is_allowed() throws Exception {
        NodeOrigin origin = node("h2", "1");
        HotPool pool = pool(b -> {});
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            replies.add(send(pool, get(origin, "a.test", "/" + i)));
        }
        for (Reply reply : replies) {
            assertThat(reply.await().fault).isNull();
        }
        assertThat(picture(pool).connections()).isLessThanOrEqualTo(10);
    }

    @Test
    void a_refused_post_is_sent_again_a_broken_one_is_not() throws Exception {
        NodeOrigin origin = node("h2");
        HotPool pool = pool(b -> {});
        Reply refused = post(pool, origin, "/refuse?1", "abc").await();
        assertThat(refused.fault).isNull();
        assertThat(refused.head().headers().get("x-seen")).isEqualTo("2");
        assertThat(refused.exchange.attempts()).isEqualTo(2);
        assertThat(retries).containsExactly("unprocessed");

        Reply broken = post(pool, origin, "/break?1", "abc").await();
        assertThat(broken.fault.kind()).isEqualTo(FaultKind.UPSTREAM_RESET);
        assertThat(broken.exchange.attempts()).isEqualTo(1);
        assertThat(picture(pool).connections())
                .as("a reset stream ends no connection")
                .isEqualTo(1);
    }

    private Reply post(HotPool pool, NodeOrigin origin, String path, String body) {
        Origin to = Origin.https("a.test", origin.port());
        Reply reply = send(
                pool,
                new RequestHead(
                        "POST", to, to.authority(), path, new HeaderList(), body.length(), RequestKind.FETCH, ""));
        await().until(() -> reply.exchange != null);
        reply.upload(body.getBytes(StandardCharsets.US_ASCII), true);
        return reply;
    }

    @Test
    void goaway_moves_new_requests_to_a_new_connection_and_fails_none() throws Exception {
        NodeOrigin origin = node("h2");
        HotPool pool = pool(b -> {});
        for (int round = 0; round < 5; round++) {
            List<Reply> replies = new ArrayList<>();
            replies.add(send(pool, get(origin, "a.test", "/goaway?" + round)));
            for (int i = 0; i < 40; i++) {
                replies.add(send(pool, get(origin, "a.test", "/" + i)));
                TimeUnit.MILLISECONDS.sleep(1); // spread over the moment of the GOAWAY
            }
            for (Reply reply : replies) {
                assertThat(reply.await().fault).isNull();
            }
        }
        Reply last = send(pool, get(origin, "a.test", "/last")).await();
        assertThat(Integer.parseInt(last.head().headers().get("x-sessions"))).isGreaterThanOrEqualTo(5);
    }

    @Test
    void a_dial_that_hangs_in_tls_is_a_connect_timeout_and_leaves_no_socket() throws Exception {
        ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        opened.add(silent);
        HotPool pool = pool(b -> b.connTimeout = Duration.ofMillis(300));
        Reply reply = send(pool, RequestHead.get(Origin.https("a.test", silent.getLocalPort()), "/"))
                .await();
        assertThat(reply.fault.kind()).isEqualTo(FaultKind.CONNECT_TIMEOUT);
        assertThat(reply.fault.detail()).contains("in TLS");
        var socket = silent.accept();
        socket.setSoTimeout(2000);
        while (socket.getInputStream().read() >= 0) {
            // the hello; then the end, for the pool has closed it
        }
        socket.close();
    }

    @Test
    void the_protocol_directive_binds() throws Exception {
        NodeOrigin origin = node("h1");
        HotPool pool = pool(b -> {});
        Reply h1 = Reply.send(pool, get(origin, "a.test", "/"), PLAIN.withProtocol(Protocol.H1), clients.next())
                .await();
        assertThat(h1.fault).isNull();
        assertThat(h1.connection.ja4()).isNotEqualTo(CHROME.expected().ja4());
        Reply h2 = Reply.send(pool, get(origin, "a.test", "/"), PLAIN.withProtocol(Protocol.H2), clients.next())
                .await();
        assertThat(h2.fault.kind()).isEqualTo(FaultKind.UPSTREAM_PROTOCOL);
        assertThat(h2.fault.detail()).contains("http/1.1");
        assertThat(send(pool, get(origin, "a.test", "/")).await().fault).isNull();
        assertThat(picture(pool).inState("active")).isZero();
    }

    @Test
    void sessions_share_neither_connections_nor_tickets() throws Exception {
        NodeOrigin origin = node("h1");
        HotPool pool = pool(b -> {});
        Reply first = Reply.send(pool, get(origin, "a.test", "/1"), PLAIN.withSession("one"), clients.next())
                .await();
        Reply other = Reply.send(pool, get(origin, "a.test", "/2"), PLAIN.withSession("two"), clients.next())
                .await();
        assertThat(other.connection.id()).isNotEqualTo(first.connection.id());
        assertThat(other.connection.resumed()).isFalse();
        pool.flush().toCompletableFuture().get(30, TimeUnit.SECONDS);
        Reply again = Reply.send(pool, get(origin, "a.test", "/3"), PLAIN.withSession("one"), clients.next())
                .await();
        assertThat(again.connection.resumed()).isTrue();
    }

    @Test
    void brotli_is_decoded_for_a_client_that_did_not_offer_it() throws Exception {
        NodeOrigin origin = node("h2");
        Reply reply = send(pool(b -> {}), get(origin, "a.test", "/br")).await();
        assertThat(reply.fault).isNull();
        assertThat(reply.text()).isEqualTo("brotli".repeat(10000));
        assertThat(reply.head().headers().contains("content-encoding")).isFalse();
    }

    @Test
    void a_certificate_for_another_name_is_refused_before_any_request() throws Exception {
        NodeOrigin origin = node("h2");
        HotPool pool = pool(b -> {});
        Reply reply = send(pool, get(origin, "c.test", "/never")).await();
        assertThat(reply.fault.kind()).isEqualTo(FaultKind.TLS_CERTIFICATE);
        assertThat(reply.fault.detail()).contains("c.test");
        assertThat(reply.fault.unprocessed()).isTrue();
        Reply unverified = Reply.send(pool, get(origin, "c.test", "/"), PLAIN.withVerify(false), clients.next())
                .await();
        assertThat(unverified.fault).isNull();
        assertThat(unverified.head().headers().get("x-seen")).isEqualTo("1");
    }

    @Test
    void a_body_that_is_sent_again_is_the_same_body() throws Exception {
        NodeOrigin origin = node("h2");
        HotPool pool = pool(b -> {});
        Origin to = Origin.https("a.test", origin.port());
        String body = "0123456789".repeat(6000);
        RequestHead head = new RequestHead(
                "POST", to, to.authority(), "/refuse?big", new HeaderList(), body.length(), RequestKind.FETCH, "");
        Reply reply = send(pool, head);
        await().until(() -> reply.exchange != null);
        reply.upload(body.getBytes(StandardCharsets.US_ASCII), true);
        assertThat(reply.await().fault).isNull();
        Reply echo = post(pool, origin, "/echo", body).await();
        assertThat(echo.text()).isEqualTo(body);
    }
}
