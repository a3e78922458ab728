package io.hotpool.server.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;

/**
 * Two connections whose bytes pass as they are. Each end of input becomes an end of output on the other side; when both
 * have ended, or one breaks, both are closed. A side that does not take its bytes stops the other from being read; whoever
 * made the tunnel is told what waits, and may end it. Both channels are on one loop, and everything happens there.
 */
public final class Tunnel {
    private final Runnable ended;
    private final Channel client;
    private final Channel origin;
    private long bytesIn;
    private long bytesOut;
    private int openHalves = 2;
    private boolean over;

    private Tunnel(Channel client, Channel origin, Runnable ended) {
        this.client = client;
        this.origin = origin;
        this.ended = ended;
    }

    /** Told what waits for one side, and what that has taken. */
    public interface Uptake {
        void written(int bytes);

        /** So much has left, or will never leave. */
        void taken(int bytes);

        /** The side is gone. */
        void close();
    }

    /**
     * @param client pipeline of the client's channel
     * @param inCharge handler there, replaced by the tunnel
     * @param origin a channel with auto-read off
     * @param early bytes of the client for the origin; ownership passes
     * @param ended called once
     */
    public static Tunnel join(
            ChannelPipeline client,
            ChannelHandler inCharge,
            Channel origin,
            ByteBuf early,
            Uptake byClient,
            Uptake byOrigin,
            Runnable ended) {
        Tunnel tunnel = new Tunnel(client.channel(), origin, ended);
        Half down = tunnel.new Half(client.channel(), true, byClient);
        Half up = tunnel.new Half(origin, false, byOrigin);
        origin.pipeline().addLast(down);
        client.replace(inCharge, null, up);
        tunnel.bytesIn += early.readableBytes();
        up.pass(early);
        origin.flush();
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

    /** Ends it for both sides at once; what waits for them is dropped. */
    public void reset() {
        for (Channel channel : new Channel[] {client, origin}) {
            if (channel instanceof SocketChannel && channel.isOpen()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            }
            channel.close();
        }
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
        private final Uptake uptake;
        private boolean inputEnded; // and passed on

        Half(Channel to, boolean toClient, Uptake uptake) {
            this.to = to;
            this.toClient = toClient;
            this.uptake = uptake;
            to.closeFuture().addListener(closed -> uptake.close());
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
            pass((ByteBuf) message);
            if (!to.isWritable()) {
                to.flush();
                if (!inputEnded(ctx.channel())) {
                    ctx.channel().config().setAutoRead(to.isWritable());
                }
            }
        }

        void pass(ByteBuf bytes) {
            int size = bytes.readableBytes();
            uptake.written(size);
            to.write(bytes).addListener(written -> uptake.taken(size));
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
