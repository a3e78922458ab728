package io.hotpool.server.frontend;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The ways in which a connection to a client ends. On its loop. */
final class ClosingTime {
    private static final long LINGER_SECONDS = 2;
    private static final long LAST_WRITES_SECONDS = 120;

    private ClosingTime() {}

    /**
     * Ends our side and leaves the client time to read: a close with unread bytes would make the kernel reset the
     * connection, and the last response would be lost (RFC 9112, 9.6). What still arrives is dropped.
     */
    static void linger(Channel channel) {
        if (inputEnded(channel)) {
            afterWrites(channel);
            return;
        }
        endOutput(channel);
        channel.pipeline().addLast(Discard.INSTANCE);
        channel.config().setAutoRead(true);
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }

    /** The client has half-closed. Reading must not be asked for then: the channel may have left its epoll set. */
    static boolean inputEnded(Channel channel) {
        return channel instanceof DuplexChannel duplex && duplex.isInputShutdown();
    }

    /** Half-close when what was written has left: the other side sees the end of the stream. */
    static void endOutput(Channel channel) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> shutdownOutput(channel));
    }

    private static void shutdownOutput(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        } else {
            channel.close();
        }
    }

    /** Closes when what was written has left, or when the other side has not read it for a long time. */
    static void afterWrites(Channel channel) {
        if (!channel.isWritable()) {
            channel.eventLoop().schedule(() -> channel.close(), LAST_WRITES_SECONDS, TimeUnit.SECONDS);
        }
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** The client must not take what it got for the whole: a reset rather than an end. */
    static void reset(@Nullable Channel channel) {
        if (channel != null && channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    /** The end of a lingering connection's pipeline. */
    @ChannelHandler.Sharable
    private static final class Discard extends ChannelInboundHandlerAdapter {
        static final Discard INSTANCE = new Discard();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ctx.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
