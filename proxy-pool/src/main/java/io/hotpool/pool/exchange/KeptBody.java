package io.hotpool.pool.exchange;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestSink;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was sent of a request's body, as long as it may have to be sent again: up to {@link #LIMIT} bytes, until the first
 * byte of the response. Confined to the shard's loop.
 */
final class KeptBody {
    static final int LIMIT = 64 * 1024;

    private final List<ByteBuf> chunks = new ArrayList<>(2);
    private long bytes;
    private boolean whole = true;
    private @Nullable HeaderList trailers;

    /** Keeps a second reference; {@code chunk} itself stays the caller's. */
    void add(ByteBuf chunk) {
        bytes += chunk.readableBytes();
        if (whole && bytes <= LIMIT) {
            chunks.add(chunk.retainedSlice());
        } else {
            drop();
        }
    }

    /** No attempt has taken the request yet: whatever comes is kept, as much as the client's credit allows. */
    void hold(ByteBuf chunk) {
        bytes += chunk.readableBytes();
        chunks.add(chunk);
    }

    void end(HeaderList trailers) {
        this.trailers = trailers;
    }

    boolean ended() {
        return trailers != null;
    }

    boolean replayable() {
        return whole;
    }

    /** Bytes that came from the client so far. */
    long bytes() {
        return bytes;
    }

    /** Sends what there is so far; what is too much to be kept any longer for the last time. */
    void replay(RequestSink sink) {
        assert whole;
        List<ByteBuf> sent = new ArrayList<>(chunks.size());
        chunks.forEach(chunk -> sent.add(chunk.retainedSlice()));
        if (bytes > LIMIT) {
            drop();
        }
        sent.forEach(sink::data);
        if (trailers != null) {
            sink.end(trailers);
        }
    }

    /** It will not be sent again. */
    void drop() {
        whole = bytes == 0;
        chunks.forEach(ByteBuf::release);
        chunks.clear();
    }
}
