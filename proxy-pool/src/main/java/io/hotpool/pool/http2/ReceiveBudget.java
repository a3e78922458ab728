package io.hotpool.pool.http2;

import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what the process keeps of response bodies whose receivers do not keep up. The receive windows are the browser's, so
 * one stream may be sent megabytes that nobody takes; when all of it together exceeds the limit, the stream that keeps most
 * is reset. Thread-safe; touched only by streams that are behind.
 */
final class ReceiveBudget {
    /** A quarter of the heap, between 32 MiB and 256 MiB. */
    static final long LIMIT =
            Math.max(32L << 20, Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4));

    static final ReceiveBudget PROCESS = new ReceiveBudget(LIMIT);

    /** A stream that keeps bytes for a slow receiver. */
    interface Backlog {
        /** Bytes kept; any thread, may be a little old. */
        long kept();

        /** Ends the stream; any thread. */
        void giveUp();
    }

    private final long limit;
    private final AtomicLong total = new AtomicLong();
    private final Set<Backlog> backlogs = ConcurrentHashMap.newKeySet();

    ReceiveBudget(long limit) {
        this.limit = limit;
    }

    /** {@code backlog} keeps {@code bytes} more. */
    void keep(Backlog backlog, int bytes) {
        backlogs.add(backlog);
        if (total.addAndGet(bytes) > limit) {
            backlogs.stream().max(Comparator.comparingLong(Backlog::kept)).ifPresent(Backlog::giveUp);
        }
    }

    void release(Backlog backlog, long bytes, boolean last) {
        total.addAndGet(-bytes);
        if (last) {
            backlogs.remove(backlog);
        }
    }

    long total() {
        return total.get();
    }
}
