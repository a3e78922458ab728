package io.hotpool.server.metrics;

import io.hotpool.pool.OpenExchange.Timing;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.server.frontend.ExchangeObserver;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.LongAdder;

/**
 * Totals over the life of the process, and over the last minutes. They belong to the process and not to connections: closing
 * one erases nothing.
 *
 * <p>Counting is for any thread and costs an addition. The windows are differences between totals, of which {@link #tick}
 * keeps a series.
 */
public final class Statistics implements PoolListener, ExchangeObserver {
    public static final int TICK_SECONDS = 5;

    private static final int LONGEST_WINDOW_TICKS = 5 * 60 / TICK_SECONDS;

    private final Clock clock;
    private final Instant since;
    private final LongAdder successful = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder answerNanos = new LongAdder();
    private final LongAdder reused = new LongAdder();
    private final LongAdder created = new LongAdder();
    private final Deque<Totals> series = new ArrayDeque<>(); // guarded by itself; oldest first

    /**
     * @param successful the origin's answer was passed on whole, whatever its status
     * @param failed hotpool answered with a fault of its own, or cut the answer
     * @param answered those of which a response head came from an origin
     * @param answerNanos from the request to that head, summed
     * @param reused connections that were there before the request asked
     */
    public record Totals(
            Instant at, long successful, long failed, long answered, long answerNanos, long reused, long created) {

        public long requests() {
            return successful + failed;
        }

        /** 1 when there was no request: nothing failed. */
        public double successRate() {
            return requests() == 0 ? 1 : (double) successful / requests();
        }

        public double averageResponseMillis() {
            return answered == 0 ? 0 : answerNanos / 1e6 / answered;
        }

        public double reuseRate() {
            return reused + created == 0 ? 0 : (double) reused / (reused + created);
        }

        Totals minus(Totals earlier) {
            return new Totals(
                    earlier.at,
                    successful - earlier.successful,
                    failed - earlier.failed,
                    answered - earlier.answered,
                    answerNanos - earlier.answerNanos,
                    reused - earlier.reused,
                    created - earlier.created);
        }
    }

    public Statistics(Clock clock) {
        this.clock = clock;
        this.since = clock.instant();
        series.add(totals());
    }

    @Override
    public void acquired(Origin origin, AcquireOutcome outcome, long waitNanos) {
        switch (outcome) {
            case REUSED -> reused.increment();
            case CREATED -> created.increment();
            case TIMEOUT, REJECTED -> {}
        }
    }

    /**
     * The built-in host does not count. A client that left, and one that is asked for its password, got neither an answer nor
     * a failure.
     */
    @Override
    public void exchangeEnded(Ended ended) {
        FaultKind fault = ended.fault();
        if (ended.form().equals("internal")
                || fault == FaultKind.CLIENT_GONE
                || fault == FaultKind.PROXY_AUTHENTICATION) {
            return;
        }
        (fault == null ? successful : failed).increment();
        Timing timing = ended.timing();
        if (timing != null && timing.ttfbNanos() > 0) {
            answered.increment();
            answerNanos.add(timing.waitNanos() + timing.ttfbNanos());
        }
    }

    public Instant since() {
        return since;
    }

    public Totals totals() {
        return new Totals(
                clock.instant(),
                successful.sum(),
                failed.sum(),
                answered.sum(),
                answerNanos.sum(),
                reused.sum(),
                created.sum());
    }

    /** The last so many minutes, 1 to 5; less when the process is younger. {@link Totals#at} is where the window begins. */
    public Totals lastMinutes(int minutes) {
        int ticks = Math.min(minutes * 60 / TICK_SECONDS, LONGEST_WINDOW_TICKS);
        synchronized (series) {
            int skip = Math.max(0, series.size() - ticks);
            return totals().minus(series.stream().skip(skip).findFirst().orElseThrow());
        }
    }

    /** To be called every {@link #TICK_SECONDS}. */
    public void tick() {
        Totals now = totals();
        synchronized (series) {
            series.addLast(now);
            while (series.size() > LONGEST_WINDOW_TICKS) {
                series.removeFirst();
            }
        }
    }

    /** There are connections, some of them healthy, and at least half of the requests succeeded. */
    public boolean healthy(int connections, int healthyConnections) {
        return connections > 0 && healthyConnections > 0 && totals().successRate() >= 0.5;
    }
}
