package io.hotpool.pool.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** A deflate stream (RFC 1951), bare or in zlib's clothes (RFC 1950), pulled out of a buffer piece by piece. */
final class Inflation implements AutoCloseable {
    private final Inflater inflater;
    private final byte[] piece = new byte[ContentDecoder.PIECE];

    Inflation(boolean bare) {
        this.inflater = new Inflater(bare);
    }

    /** Moves the reader index of {@code input} over what was used. Null: more input is needed, or the stream has ended. */
    @Nullable
    ByteBuf next(ByteBuf input) throws DataFormatException {
        if (inflater.finished()) {
            return null;
        }
        int offered = input.readableBytes();
        inflater.setInput(input.nioBuffer());
        int made = inflater.inflate(piece);
        input.skipBytes(offered - inflater.getRemaining());
        if (inflater.needsDictionary()) {
            throw new DataFormatException("a preset dictionary is needed");
        }
        return made == 0 ? null : Unpooled.copiedBuffer(piece, 0, made);
    }

    boolean finished() {
        return inflater.finished();
    }

    void restart() {
        inflater.reset();
    }

    @Override
    public void close() {
        inflater.end();
    }
}
