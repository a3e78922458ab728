package io.hotpool.server.frontend;

import io.hotpool.pool.Downstream;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection, through all the protocols it may speak in its life. Confined to its channel's loop, but for the
 * accessors.
 */
final class ClientConnection {
    /** A phase that can be asked to come to an end. */
    interface Drainable {
        /** No further request; close when those under way are done. */
        void drain();
    }

    private final ProxyContext context;
    private final Channel channel;
    private final InetSocketAddress remote;
    private final long id;
    private final Downstream downstream = new Downstream();
    private @Nullable Drainable phase;

    ClientConnection(ProxyContext context, Channel channel) {
        this.context = context;
        this.channel = channel;
        this.remote = (InetSocketAddress) channel.remoteAddress();
        this.id = context.connectionIds.incrementAndGet();
        channel.closeFuture().addListener(closed -> downstream.end());
    }

    ProxyContext context() {
        return context;
    }

    Frontend frontend() {
        return context.frontend;
    }

    Channel channel() {
        return channel;
    }

    EventLoop loop() {
        return channel.eventLoop();
    }

    InetSocketAddress remote() {
        return remote;
    }

    long id() {
        return id;
    }

    /** This connection, as the pool knows it. */
    Downstream downstream() {
        return downstream;
    }

    /** The handler that is in charge now. */
    void phase(@Nullable Drainable phase) {
        this.phase = phase;
        if (phase != null && context.draining()) {
            phase.drain();
        }
    }

    void drain() {
        if (phase != null) {
            phase.drain();
        }
    }

    /** Runs the task on this connection's loop after that many nanoseconds. */
    io.netty.util.concurrent.Future<?> after(long nanos, Runnable task) {
        return loop().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }
}
