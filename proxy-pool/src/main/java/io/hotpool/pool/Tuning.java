package io.hotpool.pool;

import java.time.Instant;

/**
 * What {@code auto_tune} makes of the limits.
 *
 * @param on is {@code auto_tune} set?
 * @param tier the one in force, {@link Tier#MEDIUM} when it is off
 * @param since the tier is in force
 * @param requestsPerSecond as measured
 * @param inForce the configuration with the tier's limits in the place of those that are at their defaults
 */
public record Tuning(boolean on, Tier tier, Instant since, double requestsPerSecond, PoolConfig inForce) {}
