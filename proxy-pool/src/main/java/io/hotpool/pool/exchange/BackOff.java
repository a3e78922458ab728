package io.hotpool.pool.exchange;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The pause before a request is tried again: none, or one that doubles and is jittered by half. Confined to its loop. */
final class BackOff {
    private static final long FIRST_MILLIS = 25;
    private static final int MOST_DOUBLINGS = 6;

    private final EventLoop loop;
    private @Nullable Future<?> pause;

    BackOff(EventLoop loop) {
        this.loop = loop;
    }

    /** As soon as the stack of the call is gone. */
    void none(Runnable then) {
        loop.execute(then);
    }

    /** @param failures so far, at least 1 */
    void after(int failures, Runnable then) {
        long millis = FIRST_MILLIS << Math.min(failures, MOST_DOUBLINGS);
        long jittered = millis / 2 + ThreadLocalRandom.current().nextLong(millis);
        pause = loop.schedule(then, jittered, TimeUnit.MILLISECONDS);
    }

    void cancel() {
        if (pause != null) {
            pause.cancel(false);
        }
    }
}
