package io.hotpool.pool.http2;

import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Priority;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Netty's frame writer where it is exact, and beside it the frames whose bytes a profile decides: SETTINGS and HEADERS. */
final class BrowserFrameWriter extends DefaultHttp2FrameWriter {
    private static final int END_STREAM = 0x1;
    private static final int END_HEADERS = 0x4;
    private static final int PRIORITY = 0x20;
    private static final int FRAME_HEADER = 9;
    private static final int PRIORITY_FIELDS = 5;

    private final Http2Shape shape;
    private final HeaderBlockWriter blocks;
    private final BitSet reset = new BitSet();

    BrowserFrameWriter(Http2Shape shape, HeaderBlockWriter blocks) {
        super(blocks);
        this.shape = shape;
        this.blocks = blocks;
    }

    /** The profile's settings in its order; {@code settings} holds the same without one. */
    @Override
    public ChannelFuture writeSettings(ChannelHandlerContext ctx, Http2Settings settings, ChannelPromise promise) {
        int length = 6 * shape.settings().size();
        ByteBuf frame = ctx.alloc().buffer(FRAME_HEADER + length);
        writeFrameHeader(frame, length, Http2FrameTypes.SETTINGS, 0, 0);
        for (Http2Shape.Setting setting : shape.settings()) {
            frame.writeShort(setting.id());
            frame.writeInt((int) setting.value());
        }
        return ctx.write(frame, promise);
    }

    @Override
    public ChannelFuture writeRstStream(ChannelHandlerContext ctx, int stream, long code, ChannelPromise promise) {
        reset.set(stream >>> 1);
        return super.writeRstStream(ctx, stream, code, promise);
    }

    /** True when we have reset that stream: the peer may have sent frames before it heard of it. */
    boolean hasReset(int stream) {
        return reset.get(stream >>> 1);
    }

    /**
     * HEADERS, with CONTINUATION where the block is longer than the peer takes in a frame, as one buffer.
     *
     * @param priority null: no priority flag
     */
    ByteBuf headers(
            ByteBufAllocator alloc,
            int stream,
            RequestHead head,
            @Nullable Priority priority,
            int dependsOn,
            boolean endStream) {
        ByteBuf block = alloc.buffer(512);
        try {
            blocks.write(head, block);
            return frames(alloc, stream, block, priority, dependsOn, endStream);
        } finally {
            block.release();
        }
    }

    private ByteBuf frames(
            ByteBufAllocator alloc,
            int stream,
            ByteBuf block,
            @Nullable Priority priority,
            int dependsOn,
            boolean endStream) {
        int extra = priority == null ? 0 : PRIORITY_FIELDS;
        int first = Math.min(block.readableBytes(), maxFrameSize() - extra);
        ByteBuf out = alloc.buffer(FRAME_HEADER + extra + block.readableBytes() + FRAME_HEADER);
        int flags = (endStream ? END_STREAM : 0)
                | (first == block.readableBytes() ? END_HEADERS : 0)
                | (priority == null ? 0 : PRIORITY);
        writeFrameHeader(out, extra + first, Http2FrameTypes.HEADERS, flags, stream);
        if (priority != null) {
            out.writeInt(dependsOn | (priority.exclusive() ? 0x8000_0000 : 0));
            out.writeByte(priority.weight() - 1);
        }
        out.writeBytes(block, first);
        while (block.isReadable()) {
            int next = Math.min(block.readableBytes(), maxFrameSize());
            int last = next == block.readableBytes() ? END_HEADERS : 0;
            writeFrameHeader(out, next, Http2FrameTypes.CONTINUATION, last, stream);
            out.writeBytes(block, next);
        }
        return out;
    }

    private static void writeFrameHeader(ByteBuf out, int length, byte type, int flags, int stream) {
        out.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
    }
}
