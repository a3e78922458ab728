package io.hotpool.pool.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/** {@code deflate}: zlib's format (RFC 1950) by the standard, the bare stream by some servers; the first byte tells. */
final class DeflateDecoder implements ContentDecoder {
    private static final int METHOD_DEFLATE = 8;

    private ByteBuf input = Unpooled.EMPTY_BUFFER;
    private @Nullable Inflation inflation;

    @Override
    public void feed(ByteBuf more) {
        input.release();
        input = more;
    }

    @Override
    public @Nullable ByteBuf next() {
        if (!input.isReadable()) {
            return drain();
        }
        if (inflation == null) {
            inflation = new Inflation((input.getByte(input.readerIndex()) & 0x0f) != METHOD_DEFLATE);
        }
        return drain();
    }

    private @Nullable ByteBuf drain() {
        try {
            return inflation == null ? null : inflation.next(input);
        } catch (DataFormatException e) {
            throw ContentDecoder.broken("deflate", e);
        }
    }

    @Override
    public boolean complete() {
        return inflation == null || inflation.finished();
    }

    @Override
    public void close() {
        input.release();
        input = Unpooled.EMPTY_BUFFER;
        if (inflation != null) {
            inflation.close();
        }
    }
}
