package io.hotpool.pool.maintenance;

import io.hotpool.pool.PoolListener;
import io.hotpool.pool.PoolListener.PrewarmOutcome;
import io.hotpool.pool.PrewarmResult;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.shard.Warming;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections ahead of demand: several hosts at once, so many dials at a time over all of them, taking turns. Stands
 * behind demand: while requests wait for a host, its prewarming does. Out of file descriptors it pauses and halves its pace,
 * and gives up when that does not help. Confined to the control thread.
 */
public final class Prewarmer {
    private static final Logger LOG = LoggerFactory.getLogger(Prewarmer.class);

    static final int AT_ONCE = 32;
    static final int PER_HOST = 16;
    static final long BEHIND_DEMAND = TimeUnit.SECONDS.toNanos(30);
    static final long TRY_AGAIN = TimeUnit.MILLISECONDS.toNanos(50);
    static final long PAUSE = TimeUnit.SECONDS.toNanos(2);
    private static final int PAUSES = 3;

    /** Where the connections of an order belong. Any thread. */
    public interface Site {
        /** Connections that are there. */
        CompletionStage<Integer> count();

        /** @param warming told on any thread */
        void warm(Warming warming);
    }

    private final EventExecutor control;
    private final PoolListener events;
    private final ArrayDeque<PrewarmJob> jobs = new ArrayDeque<>();
    private int dialling;
    private int atOnce = AT_ONCE;
    private int pauses; // for want of file descriptors, in a row
    private boolean paused;
    private @Nullable Future<?> timer;

    public Prewarmer(EventExecutor control, PoolListener events) {
        this.control = control;
        this.events = events;
    }

    /** Any thread. Completes when every connection that was asked for is accounted for. */
    public CompletionStage<PrewarmResult> prewarm(Site site, Origin origin, int count) {
        PrewarmJob job = new PrewarmJob(site, origin, count);
        site.count().whenComplete((there, failure) -> {
            try {
                control.execute(() -> begin(job, there == null ? 0 : there));
            } catch (RejectedExecutionException e) {
                job.result.completeExceptionally(e);
            }
        });
        return job.result;
    }

    private void begin(PrewarmJob job, int there) {
        job.alreadyThere(there);
        jobs.add(job);
        turn();
    }

    /** Each job in its turn dials once, until as many dials are under way as may be. */
    private void turn() {
        end();
        boolean any = true;
        while (any && !paused) {
            any = false;
            for (PrewarmJob job : List.copyOf(jobs)) {
                if (dialling < atOnce && job.mayDial(PER_HOST, now())) {
                    any = true;
                    dialling++;
                    job.dial();
                    job.site.warm(new Answer(job));
                }
            }
        }
        if (dialling == 0 && !paused && !jobs.isEmpty()) {
            wakeIn(TRY_AGAIN);
        }
    }

    private void end() {
        for (PrewarmJob job : List.copyOf(jobs)) {
            PrewarmResult outcome = job.outcome();
            if (outcome != null) {
                jobs.remove(job);
                report(outcome);
                job.result.complete(outcome);
            }
        }
    }

    private void report(PrewarmResult r) {
        events.prewarmed(r.origin(), PrewarmOutcome.OPENED, r.opened());
        events.prewarmed(r.origin(), PrewarmOutcome.ALREADY_THERE, r.alreadyThere());
        events.prewarmed(r.origin(), PrewarmOutcome.REFUSED, r.refusedCount());
        events.prewarmed(r.origin(), PrewarmOutcome.FAILED, r.failedCount());
        LOG.info(
                "host {}: prewarmed {} of {} (already there={} refused={} failed={})",
                r.origin().hostPort(),
                r.opened(),
                r.requested(),
                r.alreadyThere(),
                r.refused(),
                r.failed());
    }

    /** Comes on the shard's loop, goes to the control thread. */
    private final class Answer implements Warming {
        private final PrewarmJob job;

        Answer(PrewarmJob job) {
            this.job = job;
        }

        @Override
        public void opened(UpstreamConnection connection) {
            ended(() -> {
                pauses = 0;
                job.behindSince = 0;
                job.opened(connection.protocol());
            });
        }

        @Override
        public void failed(Fault fault) {
            ended(() -> {
                if (!noDescriptors(fault)) {
                    job.failed(fault.toString());
                } else if (job.putBack()) {
                    pause();
                }
            });
        }

        @Override
        public void refused(Refusal why) {
            ended(() -> {
                if (why == Refusal.DEMAND) {
                    stepBack(job);
                } else {
                    job.refused(why.label());
                }
            });
        }

        private void ended(Runnable what) {
            try {
                control.execute(() -> {
                    dialling--;
                    what.run();
                    turn();
                });
            } catch (RejectedExecutionException e) {
                job.result.completeExceptionally(e);
            }
        }
    }

    private void stepBack(PrewarmJob job) {
        long now = now();
        job.behindSince = job.behindSince == 0 ? now : job.behindSince;
        if (now - job.behindSince >= BEHIND_DEMAND) {
            job.refused(Warming.Refusal.DEMAND.label());
            return;
        }
        job.putBack();
        job.notBefore = now + TRY_AGAIN;
    }

    static boolean noDescriptors(Fault fault) {
        for (Throwable t = fault; t != null; t = t.getCause()) {
            if (String.valueOf(t.getMessage()).contains("Too many open files")) {
                return true;
            }
        }
        return false;
    }

    private void pause() {
        if (paused) {
            return;
        }
        atOnce = Math.max(1, atOnce / 2);
        if (++pauses > PAUSES) {
            LOG.warn("prewarming ends: no file descriptors are left (ulimit -n)");
            pauses = 0;
            new ArrayList<>(jobs).forEach(job -> job.refuseRest("file_descriptors"));
            return;
        }
        LOG.warn("prewarming pauses for 2 s, then at most {} dials at once: too many open files", atOnce);
        paused = true;
        wakeIn(PAUSE);
    }

    private void wakeIn(long nanos) {
        if (timer == null) {
            timer = control.schedule(this::wake, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void wake() {
        timer = null;
        paused = false;
        turn();
        atOnce = jobs.isEmpty() ? AT_ONCE : atOnce;
    }

    private long now() {
        return control.ticker().nanoTime();
    }
}
