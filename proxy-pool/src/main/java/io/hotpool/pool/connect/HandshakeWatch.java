package io.hotpool.pool.connect;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.tls.TlsFacts;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;

/** Stands behind the TLS handler until the handshake is over, then leaves the pipeline. Answers once. Confined to its loop. */
final class HandshakeWatch extends ChannelInboundHandlerAdapter {
    private final Consumer<TlsFacts> done;
    private final Consumer<Fault> failed;
    private boolean answered;

    HandshakeWatch(Consumer<TlsFacts> done, Consumer<Fault> failed) {
        this.done = done;
        this.failed = failed;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof TlsFacts facts && !answered) {
            answered = true;
            done.accept(facts); // adds what takes the decrypted bytes, behind this handler
            context.pipeline().remove(this);
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(Fault.from(cause));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(Fault.unprocessed(
                FaultKind.TLS_FAILED,
                "the origin closed the connection in the handshake",
                new ClosedChannelException()));
        context.fireChannelInactive();
    }

    /** From outside: the handshake is given up. */
    void fail(Fault fault) {
        if (!answered) {
            answered = true;
            failed.accept(fault);
        }
    }
}
