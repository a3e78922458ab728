package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Unread;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * After the 200 to a CONNECT: looks at the first bytes, TLS, clear HTTP or anything else, and steps aside.
 *
 * <p>A client that says nothing may wait for the target to speak first, and so the target is dialled; but as long as the
 * target is silent, too, the client's first bytes still decide.
 */
final class PeekHandler extends ChannelInboundHandlerAdapter {
    private static final long SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    /** For the first bytes of a client whose target cannot be dialled: over TLS or HTTP it can be told so. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ClientConnection client;
    private final ConnectScope scope;
    private final TunnelEntry entry;
    private ByteBuf early;
    private @Nullable Future<?> silence;
    private boolean dialling;
    private @Nullable Channel target;
    private @Nullable Fault unreachable;
    /** The bytes are the target's, whatever they are. */
    private boolean opaque;

    /** Somebody else is in charge, or nobody any more. */
    private boolean done;

    PeekHandler(ClientConnection client, ConnectScope scope, TunnelEntry entry, ByteBuf early) {
        this.client = client;
        this.scope = scope;
        this.entry = entry;
        this.early = early;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        silence = client.after(SILENCE_NANOS, () -> silent(ctx));
        look(ctx);
        if (ClosingTime.inputEnded(ctx.channel())) {
            tunnel(ctx); // it ended while CONNECT was answered
        } else if (!done && !opaque) {
            ctx.channel().config().setAutoRead(true);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (dialling && !early.isReadable()) {
            silence = client.after(SILENCE_NANOS, () -> silent(ctx));
        }
        early = Unread.join(ctx.alloc(), early, bytes);
        look(ctx);
    }

    private void look(ChannelHandlerContext ctx) {
        if (done || opaque) {
            return;
        }
        switch (FirstBytes.of(early)) {
            case UNDECIDED -> {}
            case TLS -> handOver(ctx, new TlsAcceptor(client, scope));
            case HTTP -> handOver(ctx, new Http1Handler(client, scope));
            default -> tunnel(ctx);
        }
    }

    private void handOver(ChannelHandlerContext ctx, ChannelInboundHandlerAdapter next) {
        finish();
        if (target != null) {
            target.close();
        }
        ByteBuf bytes = take();
        ctx.pipeline().addAfter(ctx.name(), null, next);
        if (!ClosingTime.inputEnded(ctx.channel())) {
            ctx.channel().config().setAutoRead(true);
        }
        ctx.fireChannelRead(bytes);
        ctx.fireChannelReadComplete();
        if (ClosingTime.inputEnded(ctx.channel())) {
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        ctx.pipeline().remove(this);
    }

    private void silent(ChannelHandlerContext ctx) {
        if (done || opaque) {
            return;
        }
        if (early.isReadable()) {
            tunnel(ctx); // too few bytes to tell, and no more to come
        } else {
            dial(ctx);
        }
    }

    private void tunnel(ChannelHandlerContext ctx) {
        if (done || opaque) {
            return;
        }
        opaque = true;
        cancelSilence();
        ctx.channel().config().setAutoRead(false);
        if (target != null) {
            join(ctx);
        } else if (unreachable != null) {
            giveUp(ctx);
        } else {
            dial(ctx);
        }
    }

    private void dial(ChannelHandlerContext ctx) {
        if (!dialling) {
            dialling = true;
            entry.answered(200);
            entry.dialAhead(client).addListener((Future<Channel> dialled) -> dialled(ctx, dialled));
        }
    }

    private void dialled(ChannelHandlerContext ctx, Future<Channel> dialled) {
        if (done) {
            if (dialled.isSuccess()) {
                dialled.getNow().close();
            }
        } else if (!dialled.isSuccess()) {
            unreachable = Fault.from(dialled.cause());
            if (opaque) {
                giveUp(ctx);
            } else {
                client.after(GRACE_NANOS, () -> giveUp(ctx));
            }
        } else {
            target = dialled.getNow();
            if (opaque) {
                join(ctx);
            } else {
                target.pipeline().addLast(new FirstWord(ctx));
                target.config().setAutoRead(true);
            }
        }
    }

    private void giveUp(ChannelHandlerContext ctx) {
        if (!done && unreachable != null) {
            finish();
            entry.ended(unreachable);
            ctx.close();
        }
    }

    private void join(ChannelHandlerContext ctx) {
        finish();
        assert target != null;
        try {
            entry.admit();
        } catch (Fault fault) {
            entry.ended(fault);
            target.close();
            ctx.close();
            return;
        }
        entry.join(this, ctx, target, take());
    }

    private void finish() {
        done = true;
        cancelSilence();
    }

    private void cancelSilence() {
        if (silence != null) {
            silence.cancel(false);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            tunnel(ctx);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!done) {
            finish();
            if (target != null) {
                target.close();
            }
            if (dialling) {
                entry.ended(Fault.of(FaultKind.CLIENT_GONE, "the client closed the connection"));
            }
        }
        take().release();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Unexpected.report(client, cause);
        ctx.close();
    }

    private ByteBuf take() {
        ByteBuf taken = early;
        early = Unpooled.EMPTY_BUFFER;
        return taken;
    }

    /** On the target's side while nobody has spoken: whatever comes from there first makes the tunnel. */
    private final class FirstWord extends ChannelInboundHandlerAdapter {
        private final ChannelHandlerContext clientSide;

        FirstWord(ChannelHandlerContext clientSide) {
            this.clientSide = clientSide;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            stepAside();
            ctx.fireChannelRead(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                stepAside();
            }
            ctx.fireUserEventTriggered(event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            stepAside();
            ctx.fireChannelInactive();
        }

        private void stepAside() {
            if (!done) {
                join(clientSide);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
