package io.hotpool.pool.wire;

import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.HotPools;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.pool.tls.TlsRequest;
import io.hotpool.pool.tls.UpstreamTls;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A pool for clear HTTP/1.1, its loops, and names {@code h0.test} to {@code h9.test} for loopback addresses. */
final class ClearPool implements AutoCloseable {
    static final ExchangeOptions PLAIN =
            ExchangeOptions.of(Profiles.builtIn().find("chrome").orElseThrow());

    private static final UpstreamTls SILENT_TLS = new UpstreamTls() {
        @Override
        public ChannelHandler handlerFor(TlsRequest request) {
            return new ChannelInboundHandlerAdapter(); // a handshake that has no end
        }

        @Override
        public void close() {}
    };

    final HotPool pool;
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final List<RawOrigin> opened = new ArrayList<>();

    ClearPool(PoolListener listener, Consumer<PoolConfig.Builder> change) throws Exception {
        pool = HotPools.on(group).tls(SILENT_TLS).listener(listener).start(config(change));
    }

    static PoolConfig config(Consumer<PoolConfig.Builder> change) throws Exception {
        Map<String, List<InetAddress>> hosts = new TreeMap<>();
        for (int i = 0; i < 10; i++) {
            hosts.put("h" + i + ".test", List.of(InetAddress.getByName("127.0.0.1")));
        }
        return PoolConfig.DEFAULTS
                .with(b -> b.dns = new PoolConfig.Dns(List.of(), hosts, Duration.ofSeconds(5), Duration.ofHours(1)))
                .with(change);
    }

    RawOrigin origin(RawOrigin.Script script) throws Exception {
        RawOrigin origin = new RawOrigin(script);
        opened.add(origin);
        return origin;
    }

    EventLoop loop() {
        return group.next();
    }

    Reply get(RawOrigin origin, String path) throws Exception {
        return send(origin, path, PLAIN).await();
    }

    Reply send(RawOrigin origin, String path, ExchangeOptions options) {
        return Reply.send(pool, RequestHead.get(at(origin), path), options, loop());
    }

    static Origin at(RawOrigin origin) {
        return Origin.http("h1.test", origin.port());
    }

    static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        pool.close();
        for (RawOrigin each : opened) {
            each.close();
        }
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
