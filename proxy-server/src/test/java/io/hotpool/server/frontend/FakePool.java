package io.hotpool.server.frontend;

import io.hotpool.pool.AddressLists;
import io.hotpool.pool.CleanupReport;
import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HealthReport;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.Lease;
import io.hotpool.pool.OpenExchange;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.PoolStats;
import io.hotpool.pool.Prewarm;
import io.hotpool.pool.PrewarmResult;
import io.hotpool.pool.Tuning;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.pool.http.ResponseSink;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A pool that is its own origin: what it is asked is kept, what it answers is a script of the test. */
final class FakePool implements HotPool {
    final List<Call> calls = new CopyOnWriteArrayList<>();
    final List<Origin> dialled = new CopyOnWriteArrayList<>();
    volatile Consumer<Call> atHead = call -> {};
    volatile Consumer<Call> atEnd = call -> call.answer(200, call.head.method() + " " + call.head.path());

    /** One exchange. On the client's loop. */
    static final class Call implements OpenExchange {
        final RequestHead head;
        final ExchangeOptions options;
        final ResponseSink response;
        final EventLoop loop;
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        final FakePool pool;
        volatile @Nullable HeaderList trailers;
        volatile @Nullable Fault cancelled;
        volatile long consumed;
        volatile boolean keepsCredit;
        volatile @Nullable Consumer<String> onData;

        Call(FakePool pool, RequestHead head, ExchangeOptions options, EventLoop loop, ResponseSink response) {
            this.pool = pool;
            this.head = head;
            this.options = options;
            this.loop = loop;
            this.response = response;
        }

        void answer(int status, String text) {
            answer(status, HeaderList.of("Content-Length", Integer.toString(text.length())), text);
        }

        void answer(int status, HeaderList headers, String text) {
            boolean bare = head.method().equals("HEAD") || status == 204 || status == 304;
            response.head(new ResponseHead(status, "", headers, bare ? 0 : text.length(), Protocol.H1));
            if (cancelled != null) {
                return;
            }
            if (!bare && !text.isEmpty()) {
                response.data(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
            }
            response.end(new HeaderList());
        }

        void stream(String... chunks) {
            response.head(new ResponseHead(200, "OK", new HeaderList(), RequestHead.UNKNOWN_LENGTH, Protocol.H2));
            for (String chunk : chunks) {
                response.data(Unpooled.copiedBuffer(chunk, StandardCharsets.ISO_8859_1));
            }
        }

        @Override
        public void data(ByteBuf chunk) {
            int size = chunk.readableBytes();
            String text = chunk.toString(StandardCharsets.ISO_8859_1);
            body.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
            chunk.release();
            if (!keepsCredit) {
                loop.execute(() -> response.written(size));
            }
            if (onData != null) {
                onData.accept(text);
            }
        }

        @Override
        public void end(HeaderList given) {
            trailers = given;
            pool.atEnd.accept(this);
        }

        @Override
        public void consumed(int bytes) {
            consumed += bytes;
        }

        @Override
        public void cancel(Fault cause) {
            cancelled = cause;
        }

        @Override
        public @Nullable ConnectionFacts connection() {
            return null;
        }

        @Override
        public Timing timing() {
            return new Timing(false, 0, 0, 0, 0, 0);
        }

        @Override
        public int attempts() {
            return 1;
        }
    }

    Call last() {
        return calls.get(calls.size() - 1);
    }

    @Override
    public OpenExchange exchange(
            RequestHead head, ExchangeOptions options, EventLoop clientLoop, ResponseSink response) {
        Call call = new Call(this, head, options, clientLoop, response);
        calls.add(call);
        clientLoop.execute(() -> {
            atHead.accept(call);
            if (!head.hasBody() && !head.upgrades()) {
                atEnd.accept(call);
            }
        });
        return call;
    }

    /** A tunnel leads to the loopback port of its target. */
    @Override
    public Future<Channel> dial(Origin target, ExchangeOptions options, EventLoop loop) {
        dialled.add(target);
        Promise<Channel> promise = loop.newPromise();
        new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(new ChannelInboundHandlerAdapter())
                .connect("127.0.0.1", target.port())
                .addListener((io.netty.channel.ChannelFuture done) -> {
                    if (done.isSuccess()) {
                        promise.setSuccess(done.channel());
                    } else {
                        promise.setFailure(Fault.of(FaultKind.CONNECT_REFUSED, "refused"));
                    }
                });
        return promise;
    }

    @Override
    public EventLoop loopOf(Origin origin) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<HealthReport> checkHealth() {
        return CompletableFuture.completedFuture(new HealthReport(1, 2, 3, 4));
    }

    @Override
    public CompletionStage<CleanupReport> cleanUp() {
        return CompletableFuture.completedFuture(new CleanupReport(5, 6));
    }

    @Override
    public CompletionStage<List<PrewarmResult>> prewarm(List<Prewarm> orders) {
        return CompletableFuture.completedFuture(orders.stream()
                .map(o -> new PrewarmResult(o.origin(), o.count(), 1, 0, Map.of("max_connections", 2), Map.of(), ""))
                .toList());
    }

    @Override
    public AddressLists addresses() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Lease> acquire(Origin origin, ExchangeOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Tuning tuning() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<PoolStats> stats() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<PoolSnapshot> snapshot() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PoolConfig config() {
        return PoolConfig.DEFAULTS;
    }

    @Override
    public void update(PoolConfig config) {}

    @Override
    public CompletionStage<Integer> drain(String host, int port) {
        return CompletableFuture.completedFuture(0);
    }

    @Override
    public CompletionStage<Integer> flush() {
        return CompletableFuture.completedFuture(0);
    }

    @Override
    public CompletionStage<Void> shutdown() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}
}
