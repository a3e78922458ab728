package io.hotpool.server.frontend;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One moment by which something must have happened; moved often, reached seldom. Moving it later costs no timer. Confined
 * to its loop.
 */
final class Deadline {
    private static final long NONE = Long.MIN_VALUE;

    private final EventLoop loop;
    private final Runnable expired;
    private long at = NONE;
    private long wakesAt;
    private @Nullable Future<?> timer;

    Deadline(EventLoop loop, Runnable expired) {
        this.loop = loop;
        this.expired = expired;
    }

    void in(Duration time) {
        at = System.nanoTime() + time.toNanos();
        if (timer != null && wakesAt - at > 0) {
            timer.cancel(false);
            timer = null;
        }
        if (timer == null) {
            schedule();
        }
    }

    boolean set() {
        return at != NONE;
    }

    /** Nothing is waited for now. The timer may stay, in case a later moment is set soon. */
    void clear() {
        at = NONE;
    }

    void close() {
        at = NONE;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void schedule() {
        wakesAt = at;
        timer = loop.schedule(this::wake, at - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void wake() {
        timer = null;
        if (at == NONE) {
            return;
        }
        if (at - System.nanoTime() > 0) {
            schedule();
            return;
        }
        at = NONE;
        expired.run();
    }
}
