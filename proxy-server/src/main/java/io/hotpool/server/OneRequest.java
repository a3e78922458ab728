package io.hotpool.server;

import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.OpenExchange;
import io.hotpool.pool.OpenExchange.Timing;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.pool.http.ResponseSink;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A request of hotpool's own, without a body, and its gathered answer. Confined to the loop where the answer arrives. */
final class OneRequest implements ResponseSink {
    private static final int LONGEST_BODY = 1024 * 1024;

    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final long started = System.nanoTime();
    private @Nullable OpenExchange exchange;
    private int status;

    /**
     * @param status 0 when there was no answer
     * @param body up to a mebibyte; what is longer is cut
     * @param fault null when the answer came whole, or was cut here
     */
    record Outcome(
            int status,
            byte[] body,
            @Nullable ConnectionFacts connection,
            Timing timing,
            long totalNanos,
            @Nullable Fault fault) {}

    private OneRequest() {}

    /** Never fails: a fault is part of the outcome. */
    static CompletionStage<Outcome> send(HotPool pool, RequestHead head, ExchangeOptions options, EventLoop loop) {
        OneRequest request = new OneRequest();
        loop.execute(() -> request.exchange = pool.exchange(head, options, loop, request));
        return request.outcome;
    }

    @Override
    public void informational(ResponseHead head) {}

    @Override
    public void head(ResponseHead head) {
        status = head.status();
    }

    @Override
    public void upgraded(ResponseHead head) {
        status = head.status();
    }

    @Override
    public void data(ByteBuf chunk) {
        int bytes = chunk.readableBytes();
        try {
            chunk.readBytes(body, Math.min(bytes, LONGEST_BODY - body.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            chunk.release();
        }
        OpenExchange open = exchange;
        if (open == null) {
            return;
        }
        if (body.size() >= LONGEST_BODY) {
            open.cancel(Fault.of(FaultKind.CLIENT_GONE, "enough was seen"));
            finish(null);
        } else {
            open.consumed(bytes);
        }
    }

    @Override
    public void end(HeaderList trailers) {
        finish(null);
    }

    @Override
    public void fault(Fault fault) {
        finish(fault);
    }

    @Override
    public void written(int bytes) {}

    private void finish(@Nullable Fault fault) {
        OpenExchange open = exchange;
        outcome.complete(new Outcome(
                status,
                body.toByteArray(),
                open == null ? null : open.connection(),
                open == null ? new Timing(false, 0, 0, 0, 0, 0) : open.timing(),
                System.nanoTime() - started,
                fault));
    }
}
