package io.hotpool.pool;

import io.hotpool.pool.tls.CryptoThreads;
import io.hotpool.pool.tls.LiveTls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/** Event loops and TLS of a pool that was given none. */
final class OwnResources implements AutoCloseable {
    private static final int CLOSE_SECONDS = 3;

    final EventLoopGroup group = new MultiThreadIoEventLoopGroup(
            Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
            new DefaultThreadFactory("hotpool-loop", true),
            Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    final LiveTls tls;
    private final CryptoThreads crypto = new CryptoThreads();

    /** @throws IllegalArgumentException when a file of trusted certificates cannot be read */
    OwnResources(PoolConfig config) {
        try {
            tls = new LiveTls(config, crypto.executor(), Clock.systemUTC());
        } catch (RuntimeException e) {
            closeThreads();
            throw e;
        }
    }

    @Override
    public void close() {
        tls.close();
        closeThreads();
    }

    private void closeThreads() {
        crypto.close();
        var ended = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        boolean onLoop = false;
        for (var loop : group) {
            onLoop |= loop.inEventLoop();
        }
        if (!onLoop) {
            ended.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        }
    }
}
