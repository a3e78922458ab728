package io.hotpool.pool.stats;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Totals over a life, and over the last minutes. They do not belong to connections: closing one erases nothing.
 *
 * <p>Counting is for any thread and costs an addition. The windows are differences between totals, of which {@link #tick}
 * keeps a series.
 */
public final class RequestStatistics {
    public static final int TICK_SECONDS = 5;

    private static final int LONGEST_WINDOW_TICKS = 5 * 60 / TICK_SECONDS;
    private static final int DIGITS = 2;
    private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);

    private final Clock clock;
    private final Instant since;
    private final LongAdder successful = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder answerNanos = new LongAdder();
    private final LongAdder reused = new LongAdder();
    private final LongAdder created = new LongAdder();
    private final Recorder responses = new Recorder(1, LONGEST_MICROS, DIGITS);

    // Guarded by this.
    private final Deque<Mark> series = new ArrayDeque<>(); // oldest first
    private final Histogram before = new Histogram(LONGEST_MICROS, DIGITS); // up to the newest mark
    private Histogram sinceMark = new Histogram(DIGITS);
    private Histogram recycled;

    /** @param micros response times since the mark before */
    private record Mark(Totals totals, Histogram micros) {}

    public RequestStatistics(Clock clock) {
        this.clock = clock;
        this.since = clock.instant();
        this.recycled = responses.getIntervalHistogram();
        series.add(new Mark(counted(Percentiles.NONE), new Histogram(DIGITS)));
    }

    public void ended(boolean success) {
        (success ? successful : failed).increment();
    }

    /** @param nanos from the request to the response head */
    public void answered(long nanos) {
        answered.increment();
        answerNanos.add(nanos);
        responses.recordValue(Math.min(LONGEST_MICROS, Math.max(0, nanos / 1_000)));
    }

    /** @param hot the connection was there before the request asked */
    public void acquired(boolean hot) {
        (hot ? reused : created).increment();
    }

    /** Those that ended, ever. */
    public long ended() {
        return successful.sum() + failed.sum();
    }

    public Instant since() {
        return since;
    }

    public synchronized Totals totals() {
        gather();
        Histogram all = before.copy();
        all.add(sinceMark);
        return counted(Percentiles.of(all));
    }

    /** The last so many minutes, 1 to 5; less when nothing is older. {@link Totals#at} is where the window begins. */
    public synchronized Totals lastMinutes(int minutes) {
        gather();
        int ticks = Math.min(minutes * 60 / TICK_SECONDS, LONGEST_WINDOW_TICKS);
        Iterator<Mark> marks = series.iterator();
        for (int skip = series.size() - ticks; skip > 0; skip--) {
            marks.next();
        }
        Totals begin = marks.next().totals();
        Histogram within = sinceMark.copy();
        marks.forEachRemaining(mark -> within.add(mark.micros()));
        return counted(Percentiles.NONE).since(begin, Percentiles.of(within));
    }

    /** To be called every {@link #TICK_SECONDS}. */
    public synchronized void tick() {
        gather();
        series.addLast(new Mark(counted(Percentiles.NONE), sinceMark));
        before.add(sinceMark);
        sinceMark = new Histogram(DIGITS);
        while (series.size() > LONGEST_WINDOW_TICKS) {
            series.removeFirst();
        }
    }

    private void gather() {
        recycled = responses.getIntervalHistogram(recycled);
        sinceMark.add(recycled);
    }

    private Totals counted(Percentiles responseTimes) {
        return new Totals(
                clock.instant(),
                successful.sum(),
                failed.sum(),
                answered.sum(),
                answerNanos.sum(),
                reused.sum(),
                created.sum(),
                responseTimes);
    }
}
