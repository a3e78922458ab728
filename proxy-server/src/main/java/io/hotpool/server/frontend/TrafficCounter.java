package io.hotpool.server.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** Counts a client connection's bytes as they are on the wire. */
@ChannelHandler.Sharable
final class TrafficCounter extends ChannelDuplexHandler {
    private final ExchangeObserver observer;

    TrafficCounter(ExchangeObserver observer) {
        this.observer = observer;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            observer.clientBytes(true, bytes.readableBytes());
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes && bytes.isReadable()) {
            observer.clientBytes(false, bytes.readableBytes());
        }
        ctx.write(message, promise);
    }
}
