package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.HotPools;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.PoolListener.AcquireOutcome;
import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.address.AddressPolicy;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.pool.tls.TlsRequest;
import io.hotpool.pool.tls.UpstreamTls;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole pool in clear HTTP/1.1 against an origin that follows a script. */
@Timeout(30)
class PoolWireTest {
    private static final ExchangeOptions PLAIN =
            ExchangeOptions.of(Profiles.builtIn().find("chrome").orElseThrow());

    private static MultiThreadIoEventLoopGroup group;
    private static MultiThreadIoEventLoopGroup clients;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Events events = new Events();

    @BeforeAll
    static void startLoops() {
        group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        clients = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    @AfterAll
    static void stopLoops() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        clients.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private static final class Events implements PoolListener {
        final AtomicInteger openedConnections = new AtomicInteger();
        final List<CloseReason> closed = new CopyOnWriteArrayList<>();
        final List<String> retries = new CopyOnWriteArrayList<>();
        final AtomicInteger ended = new AtomicInteger();
        final List<AcquireOutcome> acquired = new CopyOnWriteArrayList<>();
        final AtomicInteger bytesIn = new AtomicInteger();
        final AtomicInteger bytesOut = new AtomicInteger();

        @Override
        public void acquired(Origin origin, AcquireOutcome outcome, long waitNanos) {
            acquired.add(outcome);
        }

        @Override
        public void bytes(boolean in, int count) {
            (in ? bytesIn : bytesOut).addAndGet(count);
        }

        @Override
        public void connectionOpened(ConnectionFacts connection) {
            openedConnections.incrementAndGet();
        }

        @Override
        public void connectionClosed(ConnectionFacts connection, CloseReason reason, long requests) {
            closed.add(reason);
        }

        @Override
        public void retried(Origin origin, String reason) {
            retries.add(reason);
        }

        @Override
        public void exchangeEnded(
                Origin origin,
                ConnectionFacts connection,
                int status,
                Fault fault,
                io.hotpool.pool.OpenExchange.Timing timing,
                long totalNanos) {
            ended.incrementAndGet();
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

    private RawOrigin origin(RawOrigin.Script script) throws IOException {
        RawOrigin origin = new RawOrigin(script);
        opened.add(origin);
        return origin;
    }

    private HotPool pool(Consumer<PoolConfig.Builder> change) {
        return pool(change, AddressPolicy.ALLOW_ALL);
    }

    private HotPool pool(Consumer<PoolConfig.Builder> change, AddressPolicy policy) {
        Map<String, List<InetAddress>> hosts = new TreeMap<>();
        for (int i = 0; i < 20; i++) {
            hosts.put("h" + i + ".test", List.of(InetAddress.getLoopbackAddress()));
        }
        PoolConfig config = PoolConfig.DEFAULTS
                .with(b -> b.dns = new PoolConfig.Dns(List.of(), hosts, Duration.ofSeconds(5), Duration.ofHours(1)))
                .with(change);
        HotPool pool =
                HotPools.on(group).tls(NO_TLS).policy(policy).listener(events).start(config);
        opened.add(pool);
        return pool;
    }

    private static RequestHead get(RawOrigin origin, String host, String path) {
        return RequestHead.get(Origin.http(host, origin.port()), path);
    }

    private static RequestHead post(RawOrigin origin, String host, String path, long length) {
        Origin to = Origin.http(host, origin.port());
        return new RequestHead("POST", to, to.authority(), path, new HeaderList(), length, RequestKind.FETCH, "");
    }

    /** Half of the clients live on the origin's own loop, where nothing hops. */
    private static EventLoop loop(HotPool pool, RequestHead head, int n) {
        return n % 2 == 0 ? pool.loopOf(head.origin()) : clients.next();
    }

    private static Reply send(HotPool pool, RequestHead head) {
        return Reply.send(pool, head, PLAIN, clients.next());
    }

    private static PoolSnapshot picture(HotPool pool) throws Exception {
        return pool.snapshot().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void a_connection_is_used_again_by_the_next_request() throws Exception {
        RawOrigin origin = origin(RawOrigin.text("hello"));
        HotPool pool = pool(b -> {});
        for (int i = 0; i < 6; i++) {
            RequestHead head = get(origin, "h1.test", "/" + i);
            Reply reply = Reply.send(pool, head, PLAIN, loop(pool, head, i)).await();
            assertThat(reply.fault).isNull();
            assertThat(reply.text()).isEqualTo("hello");
            assertThat(reply.head().status()).isEqualTo(200);
        }
        assertThat(origin.accepted).hasValue(1);
        assertThat(events.openedConnections).hasValue(1);
        assertThat(picture(pool).inState("idle")).isEqualTo(1);
        assertThat(picture(pool).hosts().get(0).connections().get(0).requests()).isEqualTo(6);
    }

    @Test
    void what_is_counted_as_reused_is_what_the_answer_says_and_bytes_are_those_of_the_wire() throws Exception {
        RawOrigin origin = origin(RawOrigin.text("hello"));
        HotPool pool = pool(b -> b.maxConnsPerHost = 1);
        RequestHead head = get(origin, "h1.test", "/");
        EventLoop loop = pool.loopOf(head.origin());
        List<Reply> replies = new CopyOnWriteArrayList<>();
        // Two ask on one turn of the loop: one causes the dial, both wait for it.
        loop.submit(() -> IntStream.range(0, 2).forEach(n -> replies.add(Reply.send(pool, head, PLAIN, loop))))
                .get();
        for (Reply reply : replies) {
            assertThat(reply.await().exchange.timing().reused()).isFalse();
        }
        assertThat(send(pool, head).await().exchange.timing().reused()).isTrue();
        assertThat(events.acquired)
                .containsExactly(AcquireOutcome.CREATED, AcquireOutcome.CREATED, AcquireOutcome.REUSED);
        assertThat(events.bytesIn).hasValue(3 * "HTTP/1.1 200 Fine\r\nContent-Length: 5\r\n\r\nhello".length());
        assertThat(events.bytesOut.get()).isGreaterThan(3 * "GET / HTTP/1.1\r\n\r\n".length());
    }

    @Test
    void two_hosts_on_one_address_never_swap_connections() throws Exception {
        Map<Integer, Set<String>> hostsOfConnection = new ConcurrentHashMap<>();
        RawOrigin origin = origin((request, connection) -> {
            hostsOfConnection
                    .computeIfAbsent(connection.number, n -> ConcurrentHashMap.newKeySet())
                    .add(request.host());
            connection.respond(200, "", (request.host() + request.path()).getBytes(StandardCharsets.US_ASCII));
        });
        HotPool pool = pool(b -> {});
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            RequestHead head = get(origin, "h" + i % 2 + ".test", "/" + i);
            replies.add(Reply.send(pool, head, PLAIN, loop(pool, head, i)));
        }
        for (int i = 0; i < 200; i++) {
            String expected = "h" + i % 2 + ".test:" + origin.port() + "/" + i;
            assertThat(replies.get(i).await().text()).isEqualTo(expected);
        }
        assertThat(hostsOfConnection.values()).allMatch(hosts -> hosts.size() == 1);
    }

    @Test
    void the_caps_hold_under_load_and_nobody_is_left_out() throws Exception {
        Map<String, AtomicInteger> busy = new ConcurrentHashMap<>();
        Map<String, Integer> most = new ConcurrentHashMap<>();
        RawOrigin origin = origin((request, connection) -> {
            int now = busy.computeIfAbsent(request.host(), h -> new AtomicInteger())
                    .incrementAndGet();
            most.merge(request.host(), now, Math::max);
            connection.respond(200, "", request.path().getBytes(StandardCharsets.US_ASCII));
            busy.get(request.host()).decrementAndGet();
        });
        HotPool pool = pool(b -> {
            b.maxConnections = 5;
            b.maxConnsPerHost = 2;
            b.maxIdleConns = 3;
        });
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            RequestHead head = get(origin, "h" + i % 12 + ".test", "/" + i);
            replies.add(Reply.send(pool, head, PLAIN, loop(pool, head, i)));
        }
        for (int i = 0; i < 1000; i++) {
            Reply reply = replies.get(i).await();
            assertThat(reply.fault).isNull();
            assertThat(reply.text()).isEqualTo("/" + i);
        }
        // A connection that the pool has closed may still be open at the origin for a moment.
        assertThat(origin.mostOpen.get()).isLessThanOrEqualTo(5 + 2);
        assertThat(most.values()).allMatch(n -> n <= 2);
        await().untilAsserted(() -> {
            assertThat(picture(pool).connections()).isLessThanOrEqualTo(3);
            assertThat(picture(pool).inState("active")).isZero();
            assertThat(origin.open.get()).isLessThanOrEqualTo(3);
        });
        assertThat(events.ended).hasValue(1000);
    }

    @Test
    void who_waits_too_long_for_a_connection_is_told_so() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        RawOrigin origin = origin((request, connection) -> {
            awaitQuietly(hold);
            connection.respond(200, "", new byte[0]);
        });
        HotPool pool = pool(b -> {
            b.maxConnsPerHost = 1;
            b.maxPending = 1;
            b.acquireTimeout = Duration.ofMillis(150);
        });
        Reply first = send(pool, get(origin, "h1.test", "/first"));
        await().until(() -> origin.requests.size() == 1);
        Reply queued = send(pool, get(origin, "h1.test", "/queued"));
        Reply overflow = send(pool, get(origin, "h1.test", "/overflow"));

        assertThat(overflow.await().fault.kind()).isEqualTo(FaultKind.POOL_EXHAUSTED);
        assertThat(overflow.fault.detail()).contains("max_pending").contains("waiting=1");
        assertThat(queued.await().fault.kind()).isEqualTo(FaultKind.POOL_EXHAUSTED);
        assertThat(queued.fault.detail()).contains("no connection became free").contains("busy=1");
        hold.countDown();
        assertThat(first.await().fault).isNull();
        assertThat(origin.requests).hasSize(1);
    }

    @Test
    void a_get_on_a_connection_that_the_origin_just_closed_is_sent_again_a_post_is_not() throws Exception {
        RawOrigin origin = origin((request, connection) -> {
            if (request.number() > 1 && request.path().startsWith("/die")) {
                connection.socket.close(); // has read it, and may have acted on it
            } else {
                connection.respond(200, "", request.path().getBytes(StandardCharsets.US_ASCII));
            }
        });
        HotPool pool = pool(b -> {});
        assertThat(send(pool, get(origin, "h1.test", "/warm")).await().fault).isNull();
        Reply get = send(pool, get(origin, "h1.test", "/die-get")).await();
        assertThat(get.fault).isNull();
        assertThat(get.text()).isEqualTo("/die-get");
        assertThat(get.exchange.attempts()).isEqualTo(2);
        assertThat(events.retries).containsExactly("stale_connection");

        Reply post = send(pool, post(origin, "h1.test", "/die-post", 3));
        await().until(() -> post.exchange != null);
        post.upload("abc".getBytes(StandardCharsets.US_ASCII), true);
        assertThat(post.await().fault.kind()).isEqualTo(FaultKind.UPSTREAM_CLOSED);
        assertThat(origin.requests.stream().filter(r -> r.path().equals("/die-post")))
                .hasSize(1);
    }

    @Test
    void connections_closed_around_their_reuse_cost_no_get_and_double_no_post() throws Exception {
        AtomicInteger posts = new AtomicInteger();
        RawOrigin origin = origin((request, connection) -> {
            posts.addAndGet(request.method().equals("POST") ? 1 : 0);
            connection.respond(200, "", new byte[0]);
            connection.socket.setSoTimeout(1 + request.number() % 5); // closes itself that soon
        });
        HotPool pool = pool(b -> b.retryBudget = 1);
        int failedPosts = 0;
        for (int i = 0; i < 300; i++) {
            if (i % 3 == 0) {
                Reply post = send(pool, post(origin, "h1.test", "/p" + i, 1));
                await().pollInterval(Duration.ofMillis(1)).until(() -> post.exchange != null);
                post.upload(new byte[] {'x'}, true);
                failedPosts += post.await().fault == null ? 0 : 1;
            } else {
                assertThat(send(pool, get(origin, "h1.test", "/g" + i)).await().fault)
                        .isNull();
            }
            TimeUnit.MILLISECONDS.sleep(i % 7); // the race itself is the subject
        }
        assertThat(origin.requests.stream()
                        .filter(r -> r.method().equals("POST"))
                        .map(RawOrigin.Request::path))
                .doesNotHaveDuplicates();
        assertThat(posts.get() + failedPosts).isGreaterThanOrEqualTo(100);
    }

    @Test
    void a_get_that_gets_no_byte_on_a_fresh_connection_is_tried_once_more() throws Exception {
        RawOrigin origin = origin((request, connection) -> {
            if (request.path().equals("/never") || connection.number == 1) {
                connection.socket.close();
            } else {
                connection.respond(200, "", new byte[0]);
            }
        });
        HotPool pool = pool(b -> {});
        assertThat(send(pool, get(origin, "h1.test", "/once")).await().fault).isNull();
        pool.flush().toCompletableFuture().get(30, TimeUnit.SECONDS);
        Reply never = send(pool, get(origin, "h1.test", "/never")).await();
        assertThat(never.fault.kind()).isEqualTo(FaultKind.UPSTREAM_CLOSED);
        assertThat(never.fault.attempts()).isEqualTo(2);
        assertThat(origin.requests.stream().filter(r -> r.path().equals("/never")))
                .hasSize(2);
    }

    @Test
    void a_kept_body_is_sent_again_whole() throws Exception {
        RawOrigin origin = origin((request, connection) -> {
            if (request.path().equals("/put") && request.number() > 1) {
                connection.socket.close();
            } else {
                connection.respond(200, "", request.body());
            }
        });
        HotPool pool = pool(b -> {});
        assertThat(send(pool, get(origin, "h1.test", "/warm")).await().fault).isNull();
        Origin to = Origin.http("h1.test", origin.port());
        byte[] body = "0123456789abcdef".repeat(1000).getBytes(StandardCharsets.US_ASCII);
        RequestHead put = new RequestHead(
                "PUT", to, to.authority(), "/put", new HeaderList(), body.length, RequestKind.FETCH, "");
        Reply reply = send(pool, put);
        await().until(() -> reply.exchange != null);
        reply.upload(Arrays.copyOf(body, 5000), false);
        reply.upload(Arrays.copyOfRange(body, 5000, body.length), true);
        assertThat(reply.await().fault).isNull();
        assertThat(reply.text().getBytes(StandardCharsets.US_ASCII)).isEqualTo(body);
        assertThat(reply.exchange.attempts()).isEqualTo(2);
        assertThat(reply.written).hasValue(body.length);
    }

    @Test
    void a_body_that_comes_before_the_connection_and_while_it_is_passed_on_stays_in_order() throws Exception {
        RawOrigin origin = origin((request, connection) -> connection.respond(200, "", request.body()));
        HotPool pool = pool(b -> {});
        String body = IntStream.range(0, 20).mapToObj(n -> n + "-".repeat(500)).collect(Collectors.joining());
        byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
        RequestHead post = post(origin, "h1.test", "/", bytes.length);
        int piece = 1000;
        AtomicInteger sent = new AtomicInteger();
        Reply reply = Reply.send(pool, post, PLAIN, pool.loopOf(post.origin()), waiting -> {
            // Ever three pieces under way: credit for one is answered with the next, on the same stack.
            waiting.credited = () -> {
                int from = sent.getAndAdd(piece);
                if (from < bytes.length) {
                    waiting.exchange.data(Unpooled.copiedBuffer(bytes, from, Math.min(piece, bytes.length - from)));
                    if (from + piece >= bytes.length) {
                        waiting.exchange.end(new HeaderList());
                    }
                }
            };
        });
        pool.loopOf(post.origin()).execute(() -> IntStream.range(0, 3).forEach(n -> reply.credited.run()));
        assertThat(reply.await().fault).isNull();
        assertThat(reply.text()).isEqualTo(body);
    }

    @Test
    void a_truncated_body_is_a_fault_and_not_an_end() throws Exception {
        RawOrigin origin = origin((request, connection) -> {
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            connection.socket.close();
        });
        Reply reply = send(pool(b -> {}), get(origin, "h1.test", "/")).await();
        assertThat(reply.head().status()).isEqualTo(200);
        assertThat(reply.fault.kind()).isEqualTo(FaultKind.UPSTREAM_TRUNCATED);
        assertThat(reply.fault.attempts()).isEqualTo(1);
    }

    @Test
    void a_response_that_nobody_wants_any_longer_ends_its_connection_and_frees_the_place() throws Exception {
        RawOrigin origin = origin((request, connection) -> {
            if (request.path().equals("/endless")) {
                connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                while (true) {
                    connection.write("400\r\n" + "x".repeat(1024) + "\r\n");
                }
            }
            connection.respond(200, "", new byte[0]);
        });
        HotPool pool = pool(b -> b.maxConnsPerHost = 1);
        Reply endless = send(pool, get(origin, "h1.test", "/endless"));
        endless.headed.get(30, TimeUnit.SECONDS);
        endless.cancel(Fault.of(FaultKind.CLIENT_GONE, "test"));
        assertThat(send(pool, get(origin, "h1.test", "/next")).await().fault).isNull();
        assertThat(origin.accepted).hasValue(2);
        assertThat(endless.terminals).hasValue(0);
        assertThat(events.closed).contains(CloseReason.CANCELLED);
    }

    @Test
    void a_black_holed_ipv6_address_costs_less_than_400_ms_and_leaks_no_socket() throws Exception {
        ServerSocket hole = new ServerSocket(0, 1, InetAddress.getByName("::1"));
        opened.add(hole);
        List<Socket> fill = new ArrayList<>();
        for (int i = 0; i < 8; i++) { // a full queue drops what comes after
            Socket socket = new Socket();
            fill.add(socket);
            opened.add(socket);
            try {
                socket.connect(hole.getLocalSocketAddress(), 50);
            } catch (IOException full) {
                break;
            }
        }
        RawOrigin origin = new RawOrigin(
                new ServerSocket(hole.getLocalPort(), 50, InetAddress.getByName("127.0.0.1")), RawOrigin.text("v4"));
        opened.add(origin);
        Map<String, List<InetAddress>> hosts =
                Map.of("dual.test", List.of(InetAddress.getByName("::1"), InetAddress.getByName("127.0.0.1")));
        HotPool pool =
                pool(b -> b.dns = new PoolConfig.Dns(List.of(), hosts, Duration.ofSeconds(5), Duration.ofHours(1)));
        long start = System.nanoTime();
        Reply reply = send(pool, get(origin, "dual.test", "/")).await();
        assertThat(reply.text()).isEqualTo("v4");
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
        assertThat(halfOpen(hole.getLocalPort())).isZero();
    }

    /** Sockets of this machine in SYN_SENT towards ::1 and that port. */
    private static long halfOpen(int port) throws IOException {
        String remote = "00000000000000000000000001000000:" + String.format("%04X", port) + " 02";
        return java.nio.file.Files.readAllLines(java.nio.file.Path.of("/proc/net/tcp6")).stream()
                .filter(line -> line.contains(remote))
                .count();
    }

    @Test
    void the_address_that_is_dialled_is_the_one_that_was_judged() throws Exception {
        RawOrigin origin = origin(RawOrigin.text("secret"));
        List<String> judged = new CopyOnWriteArrayList<>();
        HotPool refusing = pool(b -> {}, (address, port) -> {
            judged.add(address.getHostAddress() + ":" + port);
            return "private address";
        });
        for (String host :
                List.of("h1.test", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost.", "a.localhost")) {
            judged.clear();
            Reply reply = send(refusing, get(origin, host, "/")).await();
            assertThat(reply.fault.kind()).isEqualTo(FaultKind.TARGET_FORBIDDEN);
            assertThat(judged).contains("127.0.0.1:" + origin.port());
        }
        assertThat(origin.accepted).hasValue(0);
    }

    @Test
    void a_coding_that_the_client_did_not_offer_is_decoded() throws Exception {
        RawOrigin origin = origin((request, connection) -> {
            assertThat(request.headers().get("accept-encoding")).contains("gzip");
            connection.respond(
                    200,
                    "Content-Encoding: gzip\r\nETag: \"v1\"\r\n",
                    gzip("decoded".getBytes(StandardCharsets.US_ASCII)));
        });
        HotPool pool = pool(b -> {});
        Reply decoded = send(pool, get(origin, "h1.test", "/")).await();
        assertThat(decoded.text()).isEqualTo("decoded");
        assertThat(decoded.head().headers().contains("Content-Encoding")).isFalse();
        assertThat(decoded.head().headers().contains("Content-Length")).isFalse();
        assertThat(decoded.head().headers().get("ETag")).isEqualTo("W/\"v1\"");
        assertThat(decoded.head().bodyLength()).isEqualTo(RequestHead.UNKNOWN_LENGTH);

        RequestHead offered =
                get(origin, "h1.test", "/").withHeaders(HeaderList.of("Accept-Encoding", "gzip"), RequestKind.NAVIGATE);
        Reply passed = send(pool, offered).await();
        assertThat(passed.head().headers().get("Content-Encoding")).isEqualTo("gzip");
        assertThat(passed.head().headers().get("ETag")).isEqualTo("\"v1\"");
        assertThat(passed.text()).isNotEqualTo("decoded");
    }

    @Test
    void codings_around_each_other_are_undone_down_to_what_the_client_offered() throws Exception {
        byte[] inner = deflate("decoded".getBytes(StandardCharsets.US_ASCII));
        RawOrigin origin = origin((request, connection) ->
                connection.respond(200, "Content-Encoding: deflate\r\nContent-Encoding: x-gzip\r\n", gzip(inner)));
        HotPool pool = pool(b -> {});
        Reply decoded = send(pool, get(origin, "h1.test", "/")).await();
        assertThat(decoded.text()).isEqualTo("decoded");
        assertThat(decoded.head().headers().contains("Content-Encoding")).isFalse();

        RequestHead offered = get(origin, "h1.test", "/")
                .withHeaders(HeaderList.of("Accept-Encoding", "deflate"), RequestKind.NAVIGATE);
        Reply half = send(pool, offered).await();
        assertThat(half.head().headers().getAll("Content-Encoding")).containsExactly("deflate");
        assertThat(half.text()).isEqualTo(new String(inner, StandardCharsets.ISO_8859_1));
    }

    @Test
    void a_bomb_waits_for_the_client_like_any_other_body() throws Exception {
        int size = 100 << 20;
        byte[] bomb = gzip(new byte[size]);
        RawOrigin origin = origin((request, connection) -> connection.respond(200, "Content-Encoding: gzip\r\n", bomb));
        Reply reply = Reply.send(pool(b -> {}), get(origin, "h1.test", "/"), PLAIN, clients.next(), r -> {
            r.consumes = false;
            r.countOnly();
        });
        await().until(() -> reply.received.get() >= RequestSink.CREDIT);
        assertThat(reply.received.get()).isLessThanOrEqualTo(RequestSink.CREDIT + 64 * 1024);
        assertThat(reply.done).isNotDone();
        reply.consumeAll();
        assertThat(reply.await().fault).isNull();
        assertThat(reply.received).hasValue(size);
    }

    @Test
    void an_origin_that_does_not_answer_in_time_is_given_up() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        RawOrigin origin = origin((request, connection) -> {
            if (request.path().equals("/stall")) {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            }
            awaitQuietly(hold);
        });
        HotPool pool = pool(b -> {
            b.responseHeaderTimeout = Duration.ofMillis(200);
            b.bodyIdleTimeout = Duration.ofMillis(200);
        });
        Reply silent = send(pool, get(origin, "h1.test", "/silent"));
        Reply stalled = send(pool, get(origin, "h1.test", "/stall"));
        Reply late =
                Reply.send(pool, get(origin, "h1.test", "/"), PLAIN.withTimeout(Duration.ofMillis(50)), clients.next());
        assertThat(silent.await().fault.kind()).isEqualTo(FaultKind.RESPONSE_TIMEOUT);
        assertThat(stalled.await().fault.kind()).isEqualTo(FaultKind.BODY_TIMEOUT);
        assertThat(late.await().fault.kind()).isEqualTo(FaultKind.EXCHANGE_TIMEOUT);
        hold.countDown();
        await().untilAsserted(() -> assertThat(picture(pool).connections()).isZero());
    }

    @Test
    void a_client_that_reads_late_is_not_held_against_the_origin() throws Exception {
        byte[] body = new byte[2 << 20];
        RawOrigin origin = origin((request, connection) -> connection.respond(200, "", body));
        HotPool pool = pool(b -> b.bodyIdleTimeout = Duration.ofMillis(100));
        Reply reply = Reply.send(pool, get(origin, "h1.test", "/"), PLAIN, clients.next(), r -> r.consumes = false);
        await().until(() -> reply.received.get() >= RequestSink.CREDIT);
        await().during(Duration.ofMillis(300)).until(() -> !reply.done.isDone());
        assertThat(reply.received.get()).isLessThan(2 * RequestSink.CREDIT);
        reply.consumeAll();
        assertThat(reply.await().fault).isNull();
        assertThat(reply.received).hasValue(body.length);
    }

    @Test
    void an_event_stream_may_pause() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        RawOrigin origin = origin((request, connection) -> {
            connection.write(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            awaitQuietly(hold);
            connection.write("3\r\nabc\r\n0\r\n\r\n");
        });
        HotPool pool = pool(b -> b.bodyIdleTimeout = Duration.ofMillis(50));
        Reply reply = send(pool, get(origin, "h1.test", "/"));
        await().during(Duration.ofMillis(200)).until(() -> !reply.done.isDone());
        hold.countDown();
        assertThat(reply.await().text()).isEqualTo("abc");
    }

    @Test
    void idle_connections_end_at_their_timeout_and_at_once_when_it_is_shortened() throws Exception {
        RawOrigin origin = origin(RawOrigin.text(""));
        HotPool pool = pool(b -> b.idleTimeout = Duration.ofMillis(150));
        send(pool, get(origin, "h1.test", "/")).await();
        await().until(() -> picture(pool).connections() == 0);
        assertThat(events.closed).containsExactly(CloseReason.IDLE_TIMEOUT);

        pool.update(pool.config().with(b -> b.idleTimeout = Duration.ofMinutes(1)));
        send(pool, get(origin, "h1.test", "/")).await();
        assertThat(picture(pool).connections()).isEqualTo(1);
        pool.update(pool.config().with(b -> b.idleTimeout = Duration.ofMillis(1)));
        await().until(() -> picture(pool).connections() == 0);
    }

    @Test
    void a_connection_past_its_lifetime_is_closed() throws Exception {
        RawOrigin origin = origin(RawOrigin.text(""));
        HotPool pool = pool(b -> b.maxLifetime = Duration.ofMillis(200));
        send(pool, get(origin, "h1.test", "/")).await();
        await().until(() -> picture(pool).connections() == 0);
        assertThat(events.closed).containsExactly(CloseReason.MAX_LIFETIME);
    }

    @Test
    void lowered_caps_close_what_is_idle_at_once() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        RawOrigin origin = origin((request, connection) -> {
            awaitQuietly(hold);
            connection.respond(200, "", new byte[0]);
        });
        HotPool pool = pool(b -> {});
        List<Reply> replies = IntStream.range(0, 8)
                .mapToObj(i -> send(pool, get(origin, "h" + i % 4 + ".test", "/" + i)))
                .toList();
        await().until(() -> origin.requests.size() == 8);
        hold.countDown();
        for (Reply reply : replies) {
            reply.await();
        }
        assertThat(picture(pool).inState("idle")).isEqualTo(8);
        pool.update(pool.config().with(b -> b.maxIdleConns = 5));
        await().until(() -> picture(pool).connections() == 5);
        pool.update(pool.config().with(b -> b.maxConnections = 2));
        await().until(() -> picture(pool).connections() == 2);
    }

    @Test
    void draining_a_host_closes_its_idle_connections_only() throws Exception {
        RawOrigin origin = origin(RawOrigin.text(""));
        HotPool pool = pool(b -> {});
        send(pool, get(origin, "h1.test", "/")).await();
        send(pool, get(origin, "h2.test", "/")).await();
        assertThat(pool.drain("h1.test", 0).toCompletableFuture().get(30, TimeUnit.SECONDS))
                .isEqualTo(1);
        await().until(() -> picture(pool).connections() == 1);
        assertThat(pool.flush().toCompletableFuture().get(30, TimeUnit.SECONDS)).isEqualTo(1);
        await().until(() -> picture(pool).connections() == 0);
    }

    @Test
    void shutdown_lets_exchanges_end_and_takes_no_more() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        RawOrigin origin = origin((request, connection) -> {
            awaitQuietly(hold);
            connection.respond(200, "", new byte[0]);
        });
        HotPool pool = pool(b -> {});
        Reply under = send(pool, get(origin, "h1.test", "/"));
        await().until(() -> origin.requests.size() == 1);
        var done = pool.shutdown().toCompletableFuture();
        assertThat(send(pool, get(origin, "h1.test", "/late")).await().fault.kind())
                .isEqualTo(FaultKind.DRAINING);
        assertThat(done).isNotDone();
        hold.countDown();
        assertThat(under.await().fault).isNull();
        done.get(30, TimeUnit.SECONDS);
        pool.close();
        pool.close();
        await().until(() -> origin.open.get() == 0);
    }

    @Test
    void closing_the_pool_ends_what_is_under_way_with_a_fault() throws Exception {
        RawOrigin origin = origin((request, connection) -> awaitQuietly(new CountDownLatch(1)));
        HotPool pool = pool(b -> b.maxConnsPerHost = 1);
        Reply active = send(pool, get(origin, "h1.test", "/"));
        await().until(() -> origin.requests.size() == 1);
        Reply queued = send(pool, get(origin, "h1.test", "/queued"));
        await().until(() -> picture(pool).waiting() == 1);
        pool.close();
        assertThat(active.await().fault).isNotNull();
        assertThat(queued.await().fault.kind()).isEqualTo(FaultKind.DRAINING);
        assertThat(events.closed).containsExactly(CloseReason.SHUTDOWN);
    }

    @Test
    void a_refused_connection_and_an_unknown_name_are_told_apart() throws Exception {
        ServerSocket unused = new ServerSocket(0);
        int port = unused.getLocalPort();
        unused.close();
        HotPool pool = pool(b -> {});
        Reply refused =
                send(pool, RequestHead.get(Origin.http("h1.test", port), "/")).await();
        assertThat(refused.fault.kind()).isEqualTo(FaultKind.CONNECT_REFUSED);
        assertThat(refused.fault.address()).isEqualTo(InetAddress.getLoopbackAddress());
        assertThat(refused.fault.host()).isEqualTo("h1.test");
        Reply unknown =
                send(pool, RequestHead.get(Origin.http("1.2.3.999", port), "/")).await();
        assertThat(unknown.fault.kind()).isEqualTo(FaultKind.DNS_FAILED);
    }

    @Test
    void an_upload_goes_at_the_pace_of_the_origin() throws Exception {
        int chunk = 64 * 1024;
        int chunks = 64;
        RawOrigin origin = origin((request, connection) -> connection.respond(
                200, "", Integer.toString(request.body().length).getBytes(StandardCharsets.US_ASCII)));
        HotPool pool = pool(b -> {});
        Reply reply = send(pool, post(origin, "h1.test", "/", (long) chunk * chunks));
        await().until(() -> reply.exchange != null);
        for (int i = 0; i < chunks; i++) {
            int sent = i * chunk;
            await().pollInterval(Duration.ofMillis(1)).until(() -> sent - reply.written.get() < RequestSink.CREDIT);
            reply.upload(new byte[chunk], i == chunks - 1);
        }
        assertThat(reply.await().text()).isEqualTo(Integer.toString(chunk * chunks));
        assertThat(reply.written).hasValue(chunk * chunks);
    }

    @Test
    void an_upgraded_connection_carries_bytes_both_ways_and_is_not_pooled() throws Exception {
        RawOrigin origin = origin((request, connection) -> {
            assertThat(request.headers()).containsEntry("upgrade", "websocket");
            connection.write("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            byte[] five = connection.in.readNBytes(5);
            connection.write("got " + new String(five, StandardCharsets.US_ASCII));
            connection.socket.close();
        });
        Origin to = Origin.http("h1.test", origin.port());
        RequestHead head = new RequestHead(
                "GET", to, to.authority(), "/ws", new HeaderList(), 0, RequestKind.WEBSOCKET, "websocket");
        HotPool pool = pool(b -> b.bodyIdleTimeout = Duration.ofMillis(50));
        Reply reply = send(pool, head);
        assertThat(reply.headed.get(30, TimeUnit.SECONDS).status()).isEqualTo(101);
        await().during(Duration.ofMillis(150)).until(() -> !reply.done.isDone());
        reply.upload("hello".getBytes(StandardCharsets.US_ASCII), false);
        assertThat(reply.await().fault).isNull();
        assertThat(reply.text()).isEqualTo("got hello");
        await().untilAsserted(() -> assertThat(picture(pool).connections()).isZero());
    }

    @Test
    void an_origin_that_takes_nothing_of_an_upgraded_connection_is_given_up() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        RawOrigin origin = origin((request, connection) -> {
            connection.write("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            awaitQuietly(hold);
        });
        Origin to = Origin.http("h1.test", origin.port());
        RequestHead head = new RequestHead(
                "GET", to, to.authority(), "/ws", new HeaderList(), 0, RequestKind.WEBSOCKET, "websocket");
        HotPool pool = pool(b -> b.bodyIdleTimeout = Duration.ofMillis(500));
        Reply reply = send(pool, head);
        assertThat(reply.headed.get(30, TimeUnit.SECONDS).status()).isEqualTo(101);
        long sent = 0;
        while (!reply.done.isDone()) {
            if (sent - reply.written.get() < RequestSink.CREDIT) {
                reply.upload(new byte[64 * 1024], false);
                sent += 64 * 1024;
            } else {
                Thread.onSpinWait();
            }
        }
        assertThat(reply.await().fault.kind()).isEqualTo(FaultKind.BODY_TIMEOUT);
        assertThat(reply.await().fault.detail()).contains("took nothing");
        hold.countDown();
    }

    @Test
    void a_body_that_waits_for_100_is_sent_once_and_an_origin_that_never_says_it_is_given_up() throws Exception {
        RawOrigin origin = origin((request, connection) -> awaitQuietly(new CountDownLatch(1)));
        HotPool pool = pool(b -> b.responseHeaderTimeout = Duration.ofMillis(150));
        RequestHead head =
                post(origin, "h1.test", "/", 5).withHeaders(HeaderList.of("Expect", "100-continue"), RequestKind.FETCH);
        assertThat(send(pool, head).await().fault.kind()).isEqualTo(FaultKind.RESPONSE_TIMEOUT);
    }

    @Test
    void a_tunnel_is_dialled_by_the_same_policy() throws Exception {
        RawOrigin origin = origin(RawOrigin.text(""));
        Origin target = new Origin("tcp", "h1.test", origin.port());
        var channel = pool(b -> {}).dial(target, PLAIN, clients.next()).sync().getNow();
        assertThat(channel.isActive()).isTrue();
        assertThat(channel.config().isAutoRead()).isFalse();
        channel.close().sync();
        var refused = pool(b -> {}, (address, port) -> "own listener of hotpool")
                .dial(target, PLAIN, clients.next())
                .await();
        assertThat(Fault.from(refused.cause()).kind()).isEqualTo(FaultKind.TARGET_FORBIDDEN);
    }

    private static byte[] deflate(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflate = new DeflaterOutputStream(out)) {
            deflate.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
