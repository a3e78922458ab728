package io.hotpool.server.accesslog;

import io.hotpool.server.frontend.ExchangeObserver;
import io.netty.util.internal.PlatformDependent;
import java.time.Clock;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line per exchange. Event loops only hand the facts over; a thread of its own writes, and when it falls too far
 * behind (a slow disk) lines are dropped and counted. Exchanges with the built-in host are written too.
 */
public final class AccessLog implements ExchangeObserver, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final int LONGEST_QUEUE = 16 * 1024;
    private static final long PAUSE_NANOS = 50_000_000;

    private final Function<AccessLine, String> format;
    private final LineFile file;
    private final Clock clock;
    private final Queue<AccessLine> queue = PlatformDependent.newMpscQueue(LONGEST_QUEUE);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer = new Thread(this::writeAll, "hotpool-access-log");
    private volatile boolean closing;

    /** @param format {@link AccessLine#text} or {@link AccessLine#json} */
    public AccessLog(LineFile file, Function<AccessLine, String> format, Clock clock) {
        this.file = file;
        this.format = format;
        this.clock = clock;
        writer.setDaemon(true);
        writer.start();
    }

    @Override
    public void exchangeEnded(Ended ended) {
        if (!queue.offer(new AccessLine(Instant.now(clock), ended))) {
            dropped.incrementAndGet();
        }
    }

    /** Lines that were not written, since the start. */
    public long dropped() {
        return dropped.get();
    }

    private void writeAll() {
        long told = 0;
        while (true) {
            boolean last = closing;
            int written = writeWaiting();
            long missing = dropped.get();
            if (missing > told) {
                LOG.warn("access log {}: {} lines dropped, the disk is too slow", file.name(), missing - told);
                told = missing;
            }
            if (last) {
                return;
            }
            if (written == 0) {
                LockSupport.parkNanos(this, PAUSE_NANOS);
            }
        }
    }

    private int writeWaiting() {
        int written = 0;
        for (AccessLine line = queue.poll(); line != null; line = queue.poll()) {
            if (!file.append(format.apply(line))) {
                dropped.incrementAndGet();
            }
            written++;
        }
        file.flush();
        return written;
    }

    /** Writes what waits, then closes the file. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        try {
            writer.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        file.close();
    }
}
