package io.hotpool.pool.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Bytes that wait for the rest of what they begin. */
public final class Unread {
    private Unread() {}

    /**
     * What is unread and what follows it, in one buffer that holds nothing else: bytes that were read are left behind, so
     * that a stream of which a piece is always unread takes no more memory as it goes on. Takes both buffers.
     */
    public static ByteBuf join(ByteBufAllocator allocator, ByteBuf unread, ByteBuf more) {
        if (!unread.isReadable()) {
            unread.release();
            return more;
        }
        int size = more.readableBytes();
        try {
            if (size <= unread.maxFastWritableBytes() && !unread.isReadOnly()) {
                return unread.writeBytes(more);
            }
            int total = Math.addExact(unread.readableBytes(), size);
            ByteBuf joined = allocator.ioBuffer(Math.max(total, 2 * unread.readableBytes())); // small pieces add up
            joined.writeBytes(unread).writeBytes(more);
            unread.release();
            return joined;
        } finally {
            more.release();
        }
    }
}
