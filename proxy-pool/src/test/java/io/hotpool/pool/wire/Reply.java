package io.hotpool.pool.wire;

import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.Lease;
import io.hotpool.pool.OpenExchange;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.pool.http.ResponseSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One exchange as a client sees it: everything it was told, and a check that it was told in order and on its loop. */
final class Reply implements ResponseSink {
    final CompletableFuture<Reply> done = new CompletableFuture<>();
    final CompletableFuture<ResponseHead> headed = new CompletableFuture<>();
    final List<ResponseHead> interim = new CopyOnWriteArrayList<>();
    final AtomicLong received = new AtomicLong();
    final AtomicLong written = new AtomicLong();
    final AtomicInteger terminals = new AtomicInteger();
    volatile boolean consumes = true;
    volatile Runnable credited = () -> {};
    volatile @Nullable Fault fault;
    volatile @Nullable OpenExchange exchange;
    volatile @Nullable ConnectionFacts connection;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final EventLoop loop;
    private boolean keeps = true;
    private int unconsumed;

    private Reply(EventLoop loop) {
        this.loop = loop;
    }

    static Reply send(HotPool pool, RequestHead head, ExchangeOptions options, EventLoop loop) {
        return send(pool, head, options, loop, reply -> {});
    }

    static Reply send(
            HotPool pool,
            RequestHead head,
            ExchangeOptions options,
            EventLoop loop,
            java.util.function.Consumer<Reply> before) {
        Reply reply = new Reply(loop);
        before.accept(reply);
        loop.execute(() -> {
            OpenExchange exchange = pool.exchange(head, options, loop, reply);
            reply.exchange = exchange;
            if (reply.unconsumed > 0 && reply.consumes) { // arrived inside of exchange()
                exchange.consumed(reply.unconsumed);
                reply.unconsumed = 0;
            }
            reply.connection = exchange.connection();
        });
        return reply;
    }

    /** Over a lease. */
    static Reply send(Lease lease, RequestHead head, EventLoop loop) {
        Reply reply = new Reply(loop);
        reply.exchange = lease.exchange(head, loop, reply);
        return reply;
    }

    Reply await() throws Exception {
        return done.get(10, TimeUnit.SECONDS);
    }

    /** The body is only counted. */
    void countOnly() {
        keeps = false;
    }

    void upload(byte[] bytes, boolean end) {
        loop.execute(() -> {
            exchange.data(Unpooled.copiedBuffer(bytes));
            if (end) {
                exchange.end(new HeaderList());
            }
        });
    }

    void cancel(Fault why) {
        loop.execute(() -> exchange.cancel(why));
    }

    /** Takes what came so far and everything after it. */
    void consumeAll() {
        loop.execute(() -> {
            consumes = true;
            exchange.consumed(unconsumed);
            unconsumed = 0;
        });
    }

    String text() {
        synchronized (body) {
            return body.toString(StandardCharsets.ISO_8859_1);
        }
    }

    ResponseHead head() {
        return headed.getNow(null);
    }

    private void check() {
        if (!loop.inEventLoop()) {
            done.completeExceptionally(new AssertionError("called on another loop"));
        }
        if (terminals.get() > 0) {
            done.completeExceptionally(new AssertionError("called after the end"));
        }
    }

    @Override
    public void informational(ResponseHead head) {
        check();
        interim.add(head);
    }

    @Override
    public void head(ResponseHead head) {
        check();
        if (exchange != null) {
            connection = exchange.connection();
        }
        headed.complete(head);
    }

    @Override
    public void upgraded(ResponseHead head) {
        check();
        headed.complete(head);
    }

    @Override
    public void data(ByteBuf chunk) {
        check();
        int n = chunk.readableBytes();
        received.addAndGet(n);
        synchronized (body) {
            if (keeps) {
                byte[] bytes = new byte[n];
                chunk.readBytes(bytes);
                body.writeBytes(bytes);
            }
        }
        chunk.release();
        if (consumes && exchange != null) {
            exchange.consumed(n);
        } else {
            unconsumed += n;
        }
    }

    @Override
    public void end(HeaderList trailers) {
        check();
        terminals.incrementAndGet();
        done.complete(this);
    }

    @Override
    public void fault(Fault fault) {
        check();
        this.fault = fault;
        terminals.incrementAndGet();
        done.complete(this);
    }

    @Override
    public void written(int bytes) {
        check();
        written.addAndGet(bytes);
        credited.run();
    }
}
