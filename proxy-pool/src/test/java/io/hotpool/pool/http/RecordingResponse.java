package io.hotpool.pool.http;

import io.hotpool.pool.fault.Fault;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Writes down what a {@link ResponseSink} is told, and fails when it is told anything after a terminal call. */
public final class RecordingResponse implements ResponseSink {
    public final List<ResponseHead> interims = new ArrayList<>();
    public final CompletableFuture<String> terminal = new CompletableFuture<>();
    public @Nullable ResponseHead head;
    public @Nullable HeaderList trailers;
    public @Nullable Fault fault;
    public boolean upgraded;
    public long written;
    public Runnable onEnd = () -> {};
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private @Nullable RequestSink consumeAt;

    /** Every byte is consumed as it comes. */
    public void consumeAt(RequestSink request) {
        consumeAt = request;
    }

    public String body() {
        return body.toString(StandardCharsets.ISO_8859_1);
    }

    public int bytes() {
        return body.size();
    }

    public boolean ended() {
        return trailers != null;
    }

    @Override
    public void informational(ResponseHead head) {
        open();
        interims.add(head);
    }

    @Override
    public void head(ResponseHead head) {
        open();
        this.head = head;
    }

    @Override
    public void upgraded(ResponseHead head) {
        open();
        this.head = head;
        upgraded = true;
    }

    @Override
    public void data(ByteBuf chunk) {
        open();
        int size = chunk.readableBytes();
        body.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(chunk));
        chunk.release();
        if (consumeAt != null) {
            consumeAt.consumed(size);
        }
    }

    @Override
    public void end(HeaderList trailers) {
        open();
        this.trailers = trailers;
        onEnd.run();
        terminal.complete("end");
    }

    @Override
    public void fault(Fault fault) {
        open();
        this.fault = fault;
        terminal.complete(fault.toString());
    }

    @Override
    public void written(int bytes) {
        if (!upgraded) {
            open();
        }
        written += bytes;
    }

    private void open() {
        if (trailers != null || fault != null) {
            throw new AssertionError("called after the terminal call");
        }
    }
}
