package io.hotpool.server.selftest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Behind TLS: keeps the first decrypted bytes of an HTTP/2 connection, as they came. */
final class OpeningTap extends ChannelInboundHandlerAdapter {
    private static final int LONGEST = 60 * 1024;

    private final Sighting sighting;

    OpeningTap(Sighting sighting) {
        this.sighting = sighting;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes && sighting.requests == 0 && sighting.opening.size() < LONGEST) {
            sighting.opening.writeBytes(ByteBufUtil.getBytes(bytes));
        }
        ctx.fireChannelRead(message);
    }
}
