package io.hotpool.pool.connect;

import io.hotpool.pool.PoolListener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** Counts an upstream connection's bytes as they are on the wire. */
final class WireCounter extends ChannelDuplexHandler {
    private final PoolListener events;

    WireCounter(PoolListener events) {
        this.events = events;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            events.bytes(true, bytes.readableBytes());
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes && bytes.isReadable()) {
            events.bytes(false, bytes.readableBytes());
        }
        ctx.write(message, promise);
    }
}
