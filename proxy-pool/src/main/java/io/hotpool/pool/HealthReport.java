package io.hotpool.pool;

/**
 * What a check of all connections found.
 *
 * @param busy carry requests now: these show by themselves how they are, and are not asked
 * @param healthy idle, and answered
 * @param unhealthy idle, and did not answer as expected; of these {@code closed} were closed, the others are kept back until
 *     they answer
 */
public record HealthReport(int busy, int healthy, int unhealthy, int closed) {
    public static final HealthReport NOTHING = new HealthReport(0, 0, 0, 0);

    public HealthReport plus(HealthReport other) {
        return new HealthReport(
                busy + other.busy, healthy + other.healthy, unhealthy + other.unhealthy, closed + other.closed);
    }
}
