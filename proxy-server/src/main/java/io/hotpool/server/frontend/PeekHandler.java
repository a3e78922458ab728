package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * After the 200 to a CONNECT: looks at the first bytes, TLS, clear HTTP or anything else, and steps aside. When the client is
 * silent the origin is dialled, and whoever speaks first decides: the origin makes it a tunnel, a client that was only slow
 * (a Java program's first ClientHello takes its time) is looked at as ever.
 */
final class PeekHandler extends ChannelInboundHandlerAdapter {
    private static final long SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final ClientConnection client;
    private final ConnectScope scope;
    private final TunnelEntry entry;
    private ByteBuf early;
    private @Nullable Future<?> silence;
    private @Nullable Future<Channel> ahead;
    private boolean decided;

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
        if (!decided) {
            ctx.channel().config().setAutoRead(true);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
            return;
        }
        early = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), early, bytes);
        look(ctx);
    }

    private void look(ChannelHandlerContext ctx) {
        if (decided) {
            return;
        }
        switch (FirstBytes.of(early)) {
            case UNDECIDED -> {}
            case TLS -> handOver(ctx, new TlsAcceptor(client, scope));
            case HTTP -> handOver(ctx, new Http1Handler(client, scope));
            default -> tunnel(ctx);
        }
    }

    private void silent(ChannelHandlerContext ctx) {
        if (decided) {
            return;
        }
        if (early.isReadable()) {
            tunnel(ctx);
            return;
        }
        ahead = entry.dialAhead(client);
        ahead.addListener((Future<Channel> dialled) -> {
            if (decided) {
                return;
            }
            if (dialled.isSuccess()) {
                dialled.getNow().pipeline().addLast(new FirstWord(ctx));
                dialled.getNow().read();
            } else {
                tunnel(ctx);
            }
        });
    }

    /** On the origin's side of a tunnel that is not one yet: its first sign of life makes it one. */
    private final class FirstWord extends ChannelInboundHandlerAdapter {
        private final ChannelHandlerContext client;

        FirstWord(ChannelHandlerContext client) {
            this.client = client;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            tunnel(client);
            ctx.fireChannelRead(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            tunnel(client);
            ctx.fireUserEventTriggered(event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            tunnel(client);
            ctx.fireChannelInactive();
        }
    }

    /** The client spoke first after all, or left. */
    private void abandonDial() {
        if (ahead != null) {
            ahead.addListener((Future<Channel> dialled) -> {
                if (dialled.isSuccess()) {
                    dialled.getNow().close();
                }
            });
        }
    }

    private void handOver(ChannelHandlerContext ctx, ChannelInboundHandlerAdapter next) {
        decide();
        abandonDial();
        ByteBuf bytes = take();
        ctx.pipeline().addAfter(ctx.name(), null, next);
        ctx.channel().config().setAutoRead(true);
        ctx.fireChannelRead(bytes);
        ctx.fireChannelReadComplete();
        ctx.pipeline().remove(this);
    }

    private void tunnel(ChannelHandlerContext ctx) {
        if (decided) {
            return;
        }
        decide();
        ctx.channel().config().setAutoRead(false);
        entry.answered(200);
        Future<Channel> dial = ahead == null ? entry.dial(client) : ahead;
        if (dial.isDone()) {
            dialled(ctx, dial);
        } else {
            dial.addListener((Future<Channel> dialled) -> dialled(ctx, dialled));
        }
    }

    private void dialled(ChannelHandlerContext ctx, Future<Channel> dialled) {
        if (!dialled.isSuccess()) {
            entry.ended(Fault.from(dialled.cause()));
            ctx.close();
        } else if (!ctx.channel().isActive()) {
            dialled.getNow().close();
            entry.ended(Fault.of(FaultKind.CLIENT_GONE, "the client closed the connection"));
        } else {
            entry.join(this, ctx, dialled.getNow(), take());
        }
    }

    private void decide() {
        decided = true;
        if (silence != null) {
            silence.cancel(false);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !decided) {
            tunnel(ctx);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!decided) {
            abandonDial();
        }
        decide();
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
}
