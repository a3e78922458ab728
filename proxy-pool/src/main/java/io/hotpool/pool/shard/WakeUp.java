package io.hotpool.pool.shard;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One timer of a loop for the earliest of many moments; {@code Long.MAX_VALUE} is none. Confined to that loop. */
final class WakeUp {
    private final EventLoop loop;
    private final Runnable action;
    private @Nullable Future<?> timer;
    private long at;
    private boolean over;

    WakeUp(EventLoop loop, Runnable action) {
        this.loop = loop;
        this.action = action;
    }

    /** @param when by the loop's ticker */
    void at(long when) {
        if (when == Long.MAX_VALUE || over || timer != null && at - when <= 0) {
            return;
        }
        if (timer != null) {
            timer.cancel(false);
        }
        at = when;
        timer = loop.schedule(this::ring, Math.max(0, when - loop.ticker().nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void ring() {
        timer = null;
        action.run();
    }

    void never() {
        over = true;
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
