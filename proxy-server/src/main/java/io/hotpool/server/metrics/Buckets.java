package io.hotpool.server.metrics;

/** Upper bounds of the histograms, in seconds. */
final class Buckets {
    private static final double[] DURATION = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
    };

    private Buckets() {}

    static double[] duration() {
        return DURATION.clone();
    }

    static double seconds(long nanos) {
        return nanos / 1e9;
    }
}
