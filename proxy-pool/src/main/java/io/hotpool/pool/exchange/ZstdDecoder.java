package io.hotpool.pool.exchange;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** {@code zstd} (RFC 8878): any number of frames, windows of at most 8 MiB (RFC 9659). */
final class ZstdDecoder implements ContentDecoder {
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private final ZstdFrameHeader header = new ZstdFrameHeader();
    private ByteBuf input = Unpooled.EMPTY_BUFFER;
    private boolean betweenFrames = true;
    private boolean moreInside;

    /** The library takes direct buffers only. */
    @Override
    public void feed(ByteBuf more) {
        ByteBuf direct = PooledByteBufAllocator.DEFAULT.directBuffer(input.readableBytes() + more.readableBytes());
        direct.writeBytes(input).writeBytes(more);
        input.release();
        more.release();
        input = direct;
    }

    @Override
    public @Nullable ByteBuf next() {
        while (input.isReadable() || moreInside) {
            if (betweenFrames && !header.check(input)) {
                return null; // cut inside the header: it is kept until the rest is there
            }
            betweenFrames = false;
            ByteBuf piece = PooledByteBufAllocator.DEFAULT.directBuffer(PIECE);
            if (decompress(piece)) {
                return piece;
            }
            piece.release();
        }
        return null;
    }

    /** True when there was output. */
    private boolean decompress(ByteBuf piece) {
        ByteBuffer from = input.nioBuffer();
        ByteBuffer to = piece.nioBuffer(0, PIECE);
        try {
            betweenFrames = zstd.decompressDirectByteBufferStream(to, from);
        } catch (ZstdException e) {
            piece.release();
            throw ContentDecoder.broken("zstd", e);
        }
        input.skipBytes(from.position());
        moreInside = !to.hasRemaining() && !betweenFrames;
        piece.writerIndex(to.position());
        return piece.isReadable();
    }

    @Override
    public boolean complete() {
        return betweenFrames && !input.isReadable();
    }

    @Override
    public void close() {
        input.release();
        input = Unpooled.EMPTY_BUFFER;
        zstd.close();
    }

    /** Looks at the window that a frame asks for (RFC 8878, 3.1.1) before the library makes it. */
    private static final class ZstdFrameHeader {
        private static final long MAX_WINDOW = 8L << 20;
        private static final int SKIPPABLE = 0x184D2A50;

        /** False when the header is not complete yet. */
        boolean check(ByteBuf in) {
            int at = in.readerIndex();
            if (in.readableBytes() < 5) {
                return false;
            }
            if ((in.getIntLE(at) & 0xfffffff0) == SKIPPABLE) {
                return true;
            }
            int descriptor = in.getByte(at + 4);
            boolean singleSegment = (descriptor & 0x20) != 0;
            int dictionary = new int[] {0, 1, 2, 4}[descriptor & 3];
            int sizeField = singleSegment ? Math.max(1, 1 << (descriptor >> 6 & 3)) : 1;
            int field = at + 5 + (singleSegment ? dictionary : 0);
            if (in.writerIndex() < field + sizeField) {
                return false;
            }
            long window = singleSegment ? contentSize(in, field, sizeField) : window(in.getUnsignedByte(field));
            if (window < 0 || window > MAX_WINDOW) {
                throw ContentDecoder.broken("zstd: a window of more than 8 MiB", null);
            }
            return true;
        }

        private static long window(int value) {
            long base = 1L << (10 + (value >> 3));
            return base + base / 8 * (value & 7);
        }

        private static long contentSize(ByteBuf in, int field, int length) {
            return switch (length) {
                case 1 -> in.getUnsignedByte(field);
                case 2 -> in.getUnsignedShortLE(field) + 256;
                case 4 -> in.getUnsignedIntLE(field);
                default -> in.getLongLE(field);
            };
        }
    }
}
