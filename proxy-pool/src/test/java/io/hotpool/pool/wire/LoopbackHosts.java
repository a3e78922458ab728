package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.AddressLists;
import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.HotPools;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.pool.testing.BlackHole;
import io.hotpool.pool.testing.LocalDns;
import io.hotpool.pool.tls.TlsRequest;
import io.hotpool.pool.tls.UpstreamTls;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Hosts of any number of loopback addresses, origins and black holes there, pools for clear HTTP that know them, and what
 * those pools told. One loop group for a class; everything else ends with its test.
 */
final class LoopbackHosts implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
    static final ExchangeOptions PLAIN =
            ExchangeOptions.of(Profiles.builtIn().find("chrome").orElseThrow());

    private static final UpstreamTls NO_TLS = new UpstreamTls() {
        @Override
        public ChannelHandler handlerFor(TlsRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    };

    final List<PoolListener.DialOutcome> dials = new CopyOnWriteArrayList<>();
    final List<PoolListener.HealthOutcome> checks = new CopyOnWriteArrayList<>();

    /** {@code address from to cause}. */
    final List<String> moves = new CopyOnWriteArrayList<>();

    /** {@code address REASON}. */
    final List<String> closed = new CopyOnWriteArrayList<>();

    private final Map<String, List<InetAddress>> names = new HashMap<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private MultiThreadIoEventLoopGroup group;

    @Override
    public void beforeAll(ExtensionContext context) {
        group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        dials.clear();
        checks.clear();
        moves.clear();
        closed.clear();
        names.clear();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
        opened.clear();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    static InetAddress ip(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Known to the pools that are started from now on. */
    void host(String name, String... addresses) {
        names.put(name, Arrays.stream(addresses).map(LoopbackHosts::ip).toList());
    }

    RawOrigin origin(String address, int port, RawOrigin.Script script) throws IOException {
        return add(new RawOrigin(new ServerSocket(port, 50, ip(address)), script));
    }

    /** Answers and keeps its connections. */
    RawOrigin origin(String address, int port) throws IOException {
        return origin(address, port, (request, connection) -> connection.respond(200, "", new byte[0]));
    }

    /** Answers after a while, and closes: each request needs a dial. */
    RawOrigin closing(String address, int port, int millis) throws IOException {
        return origin(address, port, (request, connection) -> {
            LockSupport.parkNanos(millis * 1_000_000L);
            connection.respond(200, "Connection: close\r\n", new byte[0]);
            connection.socket.close();
        });
    }

    BlackHole blackHole(String address, int port) throws IOException {
        return add(new BlackHole(ip(address), port));
    }

    LocalDns dns() throws IOException {
        return add(new LocalDns());
    }

    <T extends AutoCloseable> T add(T resource) {
        opened.add(resource);
        return resource;
    }

    HotPool pool(Consumer<PoolConfig.Builder> change) {
        return pool(pools -> {}, change);
    }

    HotPool pool(Consumer<HotPools> form, Consumer<PoolConfig.Builder> change) {
        HotPools pools = HotPools.on(group).tls(NO_TLS).listener(new Told());
        form.accept(pools);
        return add(pools.start(PoolConfig.DEFAULTS
                .with(b -> b.dns =
                        new PoolConfig.Dns(List.of(), Map.copyOf(names), Duration.ofSeconds(5), Duration.ofHours(1)))
                .with(change)));
    }

    EventLoop loop() {
        return group.next();
    }

    Reply start(HotPool pool, String host, int port, String path) {
        return Reply.send(pool, RequestHead.get(Origin.http(host, port), path), PLAIN, loop());
    }

    Reply send(HotPool pool, String host, int port) throws Exception {
        return start(pool, host, port, "/").await();
    }

    /** Has to be answered with 200. */
    Reply get(HotPool pool, String host, int port) throws Exception {
        Reply reply = send(pool, host, port);
        assertThat(reply.fault).isNull();
        assertThat(reply.head().status()).isEqualTo(200);
        return reply;
    }

    static <T> T now(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    static AddressLists.Address standing(HotPool pool, String host, String address) {
        return pool.addresses().addresses(host, 0).stream()
                .filter(a -> a.address().equals(ip(address)))
                .findFirst()
                .orElseThrow();
    }

    /** Connections to that port that wait for an answer to their SYN. */
    static long dangling(int port) throws IOException {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        try (Stream<String> tcp = Files.lines(Path.of("/proc/self/net/tcp"));
                Stream<String> tcp6 = Files.lines(Path.of("/proc/self/net/tcp6"))) {
            return Stream.concat(tcp, tcp6)
                    .map(line -> line.trim().split(" +"))
                    .filter(f -> f.length > 3 && f[2].endsWith(suffix) && f[3].equals("02"))
                    .count();
        }
    }

    private final class Told implements PoolListener {
        @Override
        public void dialEnded(Origin origin, DialOutcome outcome) {
            dials.add(outcome);
        }

        @Override
        public void healthChecked(ConnectionFacts connection, HealthOutcome outcome) {
            checks.add(outcome);
        }

        @Override
        public void addressMoved(Origin origin, InetAddress address, String from, String to, String cause) {
            moves.add(address.getHostAddress() + " " + from + " " + to + " " + cause);
        }

        @Override
        public void connectionClosed(ConnectionFacts connection, CloseReason reason, long requests) {
            closed.add(connection.remote().getAddress().getHostAddress() + " " + reason);
        }
    }
}
