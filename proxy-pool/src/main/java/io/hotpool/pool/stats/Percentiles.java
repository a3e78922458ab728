package io.hotpool.pool.stats;

import org.HdrHistogram.AbstractHistogram;

/** Milliseconds that so many percent stayed within, true to two digits; all 0 when there was nothing. */
public record Percentiles(double p50, double p90, double p95, double p99, double max) {
    public static final Percentiles NONE = new Percentiles(0, 0, 0, 0, 0);

    /** @param micros a histogram of microseconds */
    static Percentiles of(AbstractHistogram micros) {
        return micros.getTotalCount() == 0
                ? NONE
                : new Percentiles(
                        millis(micros, 50),
                        millis(micros, 90),
                        millis(micros, 95),
                        millis(micros, 99),
                        millis(micros, 100));
    }

    private static double millis(AbstractHistogram micros, double percentile) {
        return micros.getValueAtPercentile(percentile) / 1e3;
    }
}
