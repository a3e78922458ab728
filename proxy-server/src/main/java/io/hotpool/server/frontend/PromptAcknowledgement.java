package io.hotpool.server.frontend;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollSocketChannel;

/**
 * At the head of a client's pipeline during its TLS handshake: what arrives is acknowledged at once. A client that has not
 * set TCP_NODELAY holds its Finished, and the request behind it, back until its segment before that is acknowledged, and the
 * kernel would wait 40 ms for bytes of ours to go with that. HTTP/1.1 has none to send.
 */
final class PromptAcknowledgement extends ChannelInboundHandlerAdapter {
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        acknowledge(ctx);
        ctx.fireChannelReadComplete();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        acknowledge(ctx);
    }

    /** The option is no lasting one: it sends the acknowledgement that is due. */
    private static void acknowledge(ChannelHandlerContext ctx) {
        if (ctx.channel() instanceof EpollSocketChannel socket && socket.isActive()) {
            socket.config().setTcpQuickAck(true);
        }
    }
}
