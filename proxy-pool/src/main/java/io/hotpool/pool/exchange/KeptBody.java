package io.hotpool.pool.exchange;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestSink;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
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
    private @Nullable Queue<ByteBuf> due; // while they are sent again: what has not been sent yet, in order

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

    /**
     * Sends what there is so far; what is too much to be kept any longer for the last time. A sink gives credit at once, and
     * the client may answer that with more of the body, or its end, before this returns: they stand in line.
     */
    void replay(RequestSink sink) {
        assert whole;
        Queue<ByteBuf> line = new ArrayDeque<>(chunks.size());
        chunks.forEach(chunk -> line.add(chunk.retainedSlice()));
        due = line;
        if (bytes > LIMIT) {
            drop();
        }
        for (ByteBuf chunk = line.poll(); chunk != null; chunk = line.poll()) {
            sink.data(chunk);
        }
        due = null;
        if (trailers != null) {
            sink.end(trailers);
        }
    }

    /** Sends a piece that was {@link #add added}, behind those that are being sent again. Ownership passes. */
    void pass(ByteBuf chunk, RequestSink sink) {
        if (due == null) {
            sink.data(chunk);
        } else {
            due.add(chunk);
        }
    }

    /** The end, behind what is being sent again. */
    void passEnd(HeaderList last, RequestSink sink) {
        if (due == null) {
            sink.end(last);
        }
    }

    /** It will not be sent again. */
    void drop() {
        whole = bytes == 0;
        chunks.forEach(ByteBuf::release);
        chunks.clear();
    }
}
