package io.hotpool.pool.exchange;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Undoes one content coding, as much at a time as is asked for: a small input that stands for a huge output costs nothing
 * until somebody takes it. One use, not thread-safe.
 */
interface ContentDecoder extends AutoCloseable {
    /** Most bytes that {@link #next} gives at once. */
    int PIECE = 32 * 1024;

    /** More input; only when {@link #next} has answered null. Ownership passes. */
    void feed(ByteBuf input);

    /**
     * The next piece of output, never empty; null when the input is used up.
     *
     * @throws Fault when the input is not of this coding
     */
    @Nullable
    ByteBuf next();

    /** Has the coding come to its end? Asked when there is no more input. */
    boolean complete();

    @Override
    void close();

    static Fault broken(String coding, @Nullable Throwable cause) {
        String why = cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage();
        return Fault.of(FaultKind.UPSTREAM_DECODING, "the body is not valid " + coding + why, cause);
    }
}
