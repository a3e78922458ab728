package io.hotpool.server.frontend;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a listener alive when a connection cannot be accepted, as when the process has no file descriptor left: pauses
 * instead of asking again at once, asks idle clients to make room, and goes on.
 */
final class AcceptGuard extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptGuard.class);
    private static final long PAUSE_MILLIS = 250;

    private final OpenClients clients;
    private boolean paused;

    AcceptGuard(OpenClients clients) {
        this.clients = clients;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (paused || !ctx.channel().isOpen()) {
            return;
        }
        paused = true;
        LOG.warn(
                "{}: cannot accept ({}); pausing for {} ms",
                ctx.channel().localAddress(),
                cause.getMessage(),
                PAUSE_MILLIS);
        ctx.channel().config().setAutoRead(false);
        clients.drainAll();
        ctx.executor()
                .schedule(
                        () -> {
                            paused = false;
                            ctx.channel().config().setAutoRead(true);
                        },
                        PAUSE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }
}
