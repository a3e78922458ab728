package io.hotpool.pool.tls;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Where upstream handshakes are computed, away from the event loops. Bounded: what does not fit fails its dial. */
public final class CryptoThreads implements AutoCloseable {
    /** Handshakes that may wait: several seconds of work. */
    private static final int LONGEST_QUEUE = 4096;

    private static final int IDLE_SECONDS = 30;
    private static final int CLOSE_SECONDS = 3;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            Runtime.getRuntime().availableProcessors(),
            Runtime.getRuntime().availableProcessors(),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(LONGEST_QUEUE),
            new DefaultThreadFactory("hotpool-crypto", true));

    public CryptoThreads() {
        threads.allowCoreThreadTimeOut(true);
    }

    public Executor executor() {
        return threads;
    }

    /** Waits for the handshakes that are being computed: they report to loops that are closed after this. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
