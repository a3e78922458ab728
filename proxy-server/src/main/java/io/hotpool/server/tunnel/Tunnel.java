package io.hotpool.server.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;

/**
 * Two connections whose bytes pass as they are. Each end of input becomes an end of output on the other side; when both
 * have ended, or one breaks, both are closed. A side that does not take its bytes stops the other from being read. Both
 * channels are on one loop, and everything happens there.
 */
public final class Tunnel {
    private final Runnable ended;
    private long bytesIn;
    private long bytesOut;
    private int openHalves = 2;
    private boolean over;

    private Tunnel(Runnable ended) {
        this.ended = ended;
    }

    /**
     * @param client pipeline of the client's channel
     * @param inCharge handler there, replaced by the tunnel
     * @param origin a channel with auto-read off
     * @param early bytes of the client for the origin; ownership passes
     * @param ended called once
     */
    public static Tunnel join(
            ChannelPipeline client, ChannelHandler inCharge, Channel origin, ByteBuf early, Runnable ended) {
        Tunnel tunnel = new Tunnel(ended);
        Half down = tunnel.new Half(client.channel(), true);
        Half up = tunnel.new Half(origin, false);
        origin.pipeline().addLast(down);
        client.replace(inCharge, null, up);
        tunnel.bytesIn += early.readableBytes();
        origin.writeAndFlush(early);
        up.start(client.channel());
        down.start(origin);
        return tunnel;
    }

    /** A channel whose input has ended must not be asked to read: Netty has taken it off its epoll set. */
    private static boolean inputEnded(Channel channel) {
        return channel instanceof DuplexChannel duplex && duplex.isInputShutdown();
    }

    /** Bytes from the client. */
    public long bytesIn() {
        return bytesIn;
    }

    /** Bytes to the client. */
    public long bytesOut() {
        return bytesOut;
    }

    private void halfEnded() {
        openHalves--;
        if (openHalves == 0) {
            end();
        }
    }

    private void end() {
        if (!over) {
            over = true;
            ended.run();
        }
    }

    /** Reads one channel and writes the other. */
    private final class Half extends ChannelInboundHandlerAdapter {
        private final Channel to;
        private final boolean toClient;
        private boolean inputEnded; // and passed on

        Half(Channel to, boolean toClient) {
            this.to = to;
            this.toClient = toClient;
        }

        void start(Channel from) {
            if (inputEnded(from)) {
                passEnd(from); // before there was anybody to be told
            } else {
                from.config().setAutoRead(true);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            int size = ((ByteBuf) message).readableBytes();
            if (toClient) {
                bytesOut += size;
            } else {
                bytesIn += size;
            }
            to.write(message);
            if (!to.isWritable()) {
                to.flush();
                if (!inputEnded(ctx.channel())) {
                    ctx.channel().config().setAutoRead(to.isWritable());
                }
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            to.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (!inputEnded(to)) {
                to.config().setAutoRead(ctx.channel().isWritable());
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                passEnd(ctx.channel());
            }
        }

        private void passEnd(Channel from) {
            if (!inputEnded) {
                inputEnded = true;
                to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> endOutput(from));
            }
        }

        private void endOutput(Channel from) {
            halfEnded();
            if (over) {
                to.close();
                from.close();
            } else if (to instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            } else {
                to.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            end();
            to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> to.close());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
