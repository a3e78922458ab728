package io.hotpool.pool;

/**
 * What a clean-up closed.
 *
 * @param expired idle or alive for too long
 * @param unhealthy kept back because they had not answered a check as expected
 */
public record CleanupReport(int expired, int unhealthy) {
    public CleanupReport plus(CleanupReport other) {
        return new CleanupReport(expired + other.expired, unhealthy + other.unhealthy);
    }
}
