package io.hotpool.server.config;

/**
 * How much one client, user or host may have. 0 stands for no limit.
 *
 * @param rate requests a second; one second's worth may come at once
 * @param concurrency requests and tunnels under way
 */
public record Limit(double rate, int concurrency) {
    public static final Limit NONE = new Limit(0, 0);

    public Limit {
        if (!(rate >= 0) || concurrency < 0) {
            throw new IllegalArgumentException("a limit is not negative: " + rate + ", " + concurrency);
        }
    }

    public boolean none() {
        return rate == 0 && concurrency == 0;
    }
}
