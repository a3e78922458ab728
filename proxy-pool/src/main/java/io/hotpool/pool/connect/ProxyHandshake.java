package io.hotpool.pool.connect;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;

/**
 * Asks an upstream proxy for a stream to a target. Reads by itself, since auto-read is off; what the target said before
 * anybody listens is kept until somebody does: then the handler leaves. Confined to the channel's loop.
 */
abstract class ProxyHandshake extends ChannelDuplexHandler {
    private final Promise<Channel> done;
    private ByteBuf received = Unpooled.EMPTY_BUFFER;

    /** @param done the channel when the stream stands; a {@link Fault} otherwise */
    ProxyHandshake(Promise<Channel> done) {
        this.done = done;
    }

    abstract void begin(ChannelHandlerContext context);

    /** Takes what it can from {@code in}; ends with {@link #succeed} or {@link #fail}. */
    abstract void proceed(ChannelHandlerContext context, ByteBuf in);

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        begin(context);
        context.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
            return;
        }
        received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), received, bytes);
        if (!done.isDone()) {
            proceed(context, received);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!done.isDone()) {
            context.read();
        }
        context.fireChannelReadComplete();
    }

    void succeed(ChannelHandlerContext context) {
        done.trySuccess(context.channel());
    }

    void fail(ChannelHandlerContext context, FaultKind kind, String detail) {
        fail(context, kind, detail, null);
    }

    void fail(ChannelHandlerContext context, FaultKind kind, String detail, @Nullable Throwable cause) {
        if (done.tryFailure(Fault.unprocessed(kind, detail, cause))) {
            context.close();
        }
    }

    /** Somebody listens. */
    @Override
    public void read(ChannelHandlerContext context) {
        if (done.isSuccess()) {
            handOver(context);
        }
        context.read();
    }

    private void handOver(ChannelHandlerContext context) {
        ByteBuf early = take();
        if (early.isReadable()) {
            context.fireChannelRead(early);
            context.fireChannelReadComplete();
        } else {
            early.release();
        }
        if (!context.isRemoved()) {
            context.pipeline().remove(this);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            over(context);
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        over(context);
        context.fireChannelInactive();
    }

    private void over(ChannelHandlerContext context) {
        if (done.isSuccess()) {
            handOver(context);
        } else {
            fail(context, FaultKind.UPSTREAM_PROXY, "closed the connection instead of an answer");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (done.isDone()) {
            context.fireExceptionCaught(cause);
        } else {
            fail(context, FaultKind.UPSTREAM_PROXY, "broke the connection: " + cause.getMessage());
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        take().release();
    }

    private ByteBuf take() {
        ByteBuf taken = received;
        received = Unpooled.EMPTY_BUFFER;
        return taken;
    }
}
