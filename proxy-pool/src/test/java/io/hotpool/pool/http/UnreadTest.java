package io.hotpool.pool.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UnreadTest {
    private static final PooledByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    @Test
    void a_long_stream_with_a_piece_always_unread_stays_small() {
        ByteBuf unread = ALLOCATOR.ioBuffer(16).writeZero(7);
        for (int i = 0; i < 1000; i++) {
            unread = Unread.join(ALLOCATOR, unread, ALLOCATOR.ioBuffer(65536).writeZero(65536));
            assertThat(unread.readableBytes()).isEqualTo(65543);
            assertThat(unread.capacity()).isLessThanOrEqualTo(131072);
            unread.skipBytes(65536);
        }
        unread.release();
    }

    @Test
    void the_bytes_keep_their_order_and_pieces_that_were_handed_out_their_content() {
        ByteBuf first = ALLOCATOR.ioBuffer(16).writeBytes("onetwo".getBytes(StandardCharsets.US_ASCII));
        ByteBuf piece = first.readRetainedSlice(3);

        ByteBuf joined = Unread.join(ALLOCATOR, first, Unpooled.copiedBuffer("three", StandardCharsets.US_ASCII));
        ByteBuf grown = Unread.join(ALLOCATOR, joined, Unpooled.buffer(64).writeZero(64));

        assertThat(piece.toString(StandardCharsets.US_ASCII)).isEqualTo("one");
        assertThat(grown.readCharSequence(8, StandardCharsets.US_ASCII)).hasToString("twothree");
        assertThat(grown.readableBytes()).isEqualTo(64);
        piece.release();
        grown.release();
        assertThat(first.refCnt()).isZero();
    }

    @Test
    void both_buffers_are_let_go() {
        ByteBuf unread = Unpooled.buffer(1, 1).writeByte(1);
        ByteBuf more = Unpooled.buffer(4).writeInt(2);

        Unread.join(ALLOCATOR, unread, more).release();

        assertThat(unread.refCnt()).isZero();
        assertThat(more.refCnt()).isZero();
    }
}
