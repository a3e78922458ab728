package io.hotpool.pool.maintenance;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that outlives what its tasks throw: a task that fails is logged, and the next one runs. */
final class ControlThread extends SingleThreadEventExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(ControlThread.class);

    ControlThread(String name) {
        super(null, new DefaultThreadFactory(name, true), true);
    }

    @Override
    protected void run() {
        do {
            Runnable task = takeTask();
            if (task != null) {
                attempt(task);
                updateLastExecutionTime();
            }
        } while (!confirmShutdown());
    }

    /** Again and again, also after a failure. */
    Future<?> every(long period, TimeUnit unit, Runnable task) {
        return scheduleWithFixedDelay(() -> attempt(task), period, period, unit);
    }

    private static void attempt(Runnable task) {
        try {
            task.run();
        } catch (Throwable t) {
            LOG.error("a task of the pool's control thread failed", t);
        }
    }
}
