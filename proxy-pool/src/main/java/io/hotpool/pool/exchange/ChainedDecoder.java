package io.hotpool.pool.exchange;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Two codings around each other: what the outer one gives is the input of the inner one, a piece at a time. */
final class ChainedDecoder implements ContentDecoder {
    /** Bytes that the inner coding may take without giving any: padding out of a bomb would keep the loop busy. */
    static final int MOST_FOR_NOTHING = 4 << 20;

    private final ContentDecoder outer;
    private final ContentDecoder inner;
    private int forNothing;

    ChainedDecoder(ContentDecoder outer, ContentDecoder inner) {
        this.outer = outer;
        this.inner = inner;
    }

    @Override
    public void feed(ByteBuf input) {
        outer.feed(input);
    }

    @Override
    public @Nullable ByteBuf next() {
        while (true) {
            ByteBuf piece = inner.next();
            if (piece != null) {
                forNothing = 0;
                return piece;
            }
            ByteBuf between = outer.next();
            if (between == null) {
                return null;
            }
            forNothing += between.readableBytes();
            inner.feed(between);
            if (forNothing > MOST_FOR_NOTHING) {
                throw ContentDecoder.broken("in its codings: bytes that stand for nothing", null);
            }
        }
    }

    @Override
    public boolean complete() {
        return outer.complete() && inner.complete();
    }

    @Override
    public void close() {
        outer.close();
        inner.close();
    }
}
