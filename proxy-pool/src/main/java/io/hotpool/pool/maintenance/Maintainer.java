package io.hotpool.pool.maintenance;

import io.hotpool.pool.PoolListener;
import io.hotpool.pool.address.IpAccessController;
import io.hotpool.pool.shard.PoolShard;
import io.hotpool.pool.stats.RequestStatistics;
import io.netty.util.concurrent.Future;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control thread: owns what is shared between shards, and sees to what nobody asks for. */
public final class Maintainer implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Maintainer.class);
    private static final int TICK_SECONDS = 1;

    private final ControlThread thread = new ControlThread("hotpool-control");

    // The control thread's.
    private List<PoolShard> shards = List.of();
    private Duration interval;
    private @Nullable Future<?> cleaning;

    private final Prewarmer prewarmer;
    private final Runnable statisticsTick;
    private final ClockWatch clocks;
    private final FileStamp resolverFile;

    /**
     * @param statisticsTick to be called every {@link RequestStatistics#TICK_SECONDS}, on the control thread
     * @param resolverFile when it changes the machine has other name servers, and likely another network
     */
    public Maintainer(
            Duration cleanupInterval, PoolListener events, Clock clock, Runnable statisticsTick, Path resolverFile) {
        this.statisticsTick = statisticsTick;
        this.resolverFile = new FileStamp(resolverFile);
        this.clocks = new ClockWatch(clock, thread.ticker());
        this.prewarmer = new Prewarmer(thread, events);
        this.interval = cleanupInterval;
    }

    public Prewarmer prewarmer() {
        return prewarmer;
    }

    public void start(List<PoolShard> shards, IpAccessController access) {
        execute(() -> {
            thread.every(1, TimeUnit.SECONDS, access::tick);
            this.shards = List.copyOf(shards);
            thread.every(TICK_SECONDS, TimeUnit.SECONDS, this::tick);
            thread.every(RequestStatistics.TICK_SECONDS, TimeUnit.SECONDS, statisticsTick);
            schedule();
        });
    }

    /** On the control thread. */
    public void everySecond(Runnable task) {
        execute(() -> thread.every(1, TimeUnit.SECONDS, task));
    }

    /** Takes effect at once. */
    public void interval(Duration cleanupInterval) {
        execute(() -> {
            if (cleanupInterval.equals(interval)) {
                return; // the timer that runs is the right one
            }
            this.interval = cleanupInterval;
            schedule();
        });
    }

    private void tick() {
        if (clocks.jumped()) {
            recheck("the clock jumped: the machine slept, or was set");
        } else if (resolverFile.changed()) {
            recheck("the system's name servers changed");
            renewNames();
        }
        onShards(shard -> shard.upkeep().tick());
    }

    /** The network may be another one: what is idle has to answer before it is used. Nothing is closed for this alone. */
    public void recheck(String why) {
        execute(() -> {
            LOG.info("idle connections are checked: {}", why);
            onShards(shard -> shard.upkeep().recheck());
        });
    }

    /** The hosts in use have their names asked for anew. */
    public void renewNames() {
        execute(() -> onShards(shard -> shard.upkeep().renewNames()));
    }

    private void schedule() {
        if (cleaning != null) {
            cleaning.cancel(false);
        }
        long nanos = interval.toNanos();
        cleaning = thread.every(nanos, TimeUnit.NANOSECONDS, this::clean);
    }

    /** What is over its time is closed by each shard's own timer; this catches what no timer was set for. */
    private void clean() {
        onShards(shard -> shard.upkeep().expire());
    }

    private void onShards(Consumer<PoolShard> action) {
        for (PoolShard shard : shards) {
            try {
                shard.loop().execute(() -> action.accept(shard));
            } catch (RejectedExecutionException e) {
                return; // the loops are shutting down
            }
        }
    }

    @Override
    public void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            // closed: there is nothing left to control
        }
    }

    @Override
    public void close() {
        Future<?> ended = thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        if (!thread.inEventLoop()) {
            ended.awaitUninterruptibly(2, TimeUnit.SECONDS); // what is to be kept is written by then
        }
    }
}
