package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.server.frontend.Http1ResponseWriter.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/** What a new connection speaks, by its first byte: HTTP/1, SOCKS5, or TLS, which this port does not take. */
final class SniffHandler extends ChannelInboundHandlerAdapter {
    /** The answer to SOCKS 4 and 4a, which are not spoken here: clients wait for one. */
    private static final long SOCKS4_REJECTED = 0x005b_0000_0000_0000L;

    private final ClientConnection client;
    private final Deadline deadline;

    SniffHandler(ClientConnection client) {
        this.client = client;
        this.deadline = new Deadline(client.loop(), () -> client.channel().close());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline.in(client.context().config().proxy().clientIdleTimeout());
        client.phase(() -> ctx.close());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        deadline.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (!bytes.isReadable()) {
            bytes.release();
            return;
        }
        switch (bytes.getByte(bytes.readerIndex())) {
            case 0x16 -> {
                bytes.release();
                refuseTls(ctx);
            }
            case 0x04 -> {
                bytes.release();
                ctx.writeAndFlush(Unpooled.copyLong(SOCKS4_REJECTED)).addListener(ChannelFutureListener.CLOSE);
            }
            case 0x05 -> become(ctx, new Socks5Handler(client), bytes);
            default -> become(ctx, new Http1Handler(client, null), bytes);
        }
    }

    private void become(ChannelHandlerContext ctx, ChannelInboundHandlerAdapter next, ByteBuf bytes) {
        ctx.pipeline().addAfter(ctx.name(), null, next);
        ctx.fireChannelRead(bytes);
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }

    /** Someone wrote https:// for the proxy's own address; clients show this text more often than a TLS alert. */
    private static void refuseTls(ChannelHandlerContext ctx) {
        Fault fault = Fault.of(
                FaultKind.BAD_REQUEST,
                "TLS to the proxy port: the proxy's own URL begins with http://, also for https targets");
        OwnAnswer answer = ProblemAnswer.of(fault, null);
        ctx.write(Http1ResponseWriter.head(ctx.alloc(), answer.head(), Framing.LENGTH, "close"));
        ctx.writeAndFlush(Unpooled.wrappedBuffer(answer.body())).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Unexpected.report(client, cause);
        ctx.close();
    }
}
