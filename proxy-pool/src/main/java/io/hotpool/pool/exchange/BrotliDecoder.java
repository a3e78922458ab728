package io.hotpool.pool.exchange;

import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** {@code br} (RFC 7932). Beside the window, at most one turn of it waits in native memory. */
final class BrotliDecoder implements ContentDecoder {
    private static final int INPUT = 8 * 1024;

    private final DecoderJNI.Wrapper brotli;
    private ByteBuf input = Unpooled.EMPTY_BUFFER;

    /** Decoded, not taken yet; the decoder's own memory, valid until it is called again. */
    private @Nullable ByteBuffer ready;

    BrotliDecoder() {
        try {
            this.brotli = new DecoderJNI.Wrapper(INPUT);
        } catch (IOException e) {
            throw ContentDecoder.broken("br", e);
        }
    }

    @Override
    public void feed(ByteBuf more) {
        input.release();
        input = more;
    }

    @Override
    public @Nullable ByteBuf next() {
        while (ready == null || !ready.hasRemaining()) {
            switch (brotli.getStatus()) {
                case NEEDS_MORE_OUTPUT -> ready = brotli.pull();
                case NEEDS_MORE_INPUT -> {
                    if (brotli.hasOutput()) {
                        ready = brotli.pull();
                    } else if (!push()) {
                        return null;
                    }
                }
                case OK -> brotli.push(0);
                case DONE -> {
                    if (!brotli.hasOutput()) {
                        return finished();
                    }
                    ready = brotli.pull();
                }
                case ERROR -> throw ContentDecoder.broken("br", null);
            }
        }
        return piece(ready);
    }

    private boolean push() {
        if (!input.isReadable()) {
            return false;
        }
        ByteBuffer buffer = brotli.getInputBuffer();
        buffer.clear();
        int n = Math.min(buffer.remaining(), input.readableBytes());
        buffer.limit(n);
        input.readBytes(buffer);
        brotli.push(n);
        return true;
    }

    private @Nullable ByteBuf finished() {
        if (input.isReadable()) {
            throw ContentDecoder.broken("br: bytes behind its end", null);
        }
        return null;
    }

    private static ByteBuf piece(ByteBuffer ready) {
        byte[] bytes = new byte[Math.min(PIECE, ready.remaining())];
        ready.get(bytes);
        return Unpooled.wrappedBuffer(bytes);
    }

    @Override
    public boolean complete() {
        return brotli.getStatus() == DecoderJNI.Status.DONE;
    }

    @Override
    public void close() {
        input.release();
        input = Unpooled.EMPTY_BUFFER;
        ready = null;
        brotli.destroy();
    }
}
