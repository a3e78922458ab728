package io.hotpool.pool.address;

import io.hotpool.pool.PoolConfig.Access;
import io.hotpool.pool.address.Observation.Family;
import java.time.Duration;

/**
 * When evidence becomes a verdict.
 *
 * @param reachFailures failed connects in a row that deny an address
 * @param refusals 403 or 429 in a row that deny it
 * @param errors server errors in a row that deny it
 * @param memory evidence older than this does not count as "in a row"; half-life of the score
 * @param deniedFor first denial; doubled with each one that follows, up to {@code deniedAtMost}
 * @param allowedFor how long one answer keeps an address on the white list
 * @param maxEjectedPercent of an origin's addresses that may be denied at a time; never all
 */
public record LedgerRules(
        int reachFailures,
        int refusals,
        int errors,
        Duration memory,
        Duration deniedFor,
        Duration deniedAtMost,
        Duration allowedFor,
        int maxEjectedPercent) {

    public static final LedgerRules DEFAULTS = new LedgerRules(
            3, 3, 5, Duration.ofMinutes(2), Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofHours(1), 50);

    public LedgerRules {
        if (reachFailures < 1 || refusals < 1 || errors < 1) {
            throw new IllegalArgumentException("thresholds must be at least 1");
        }
        if (maxEjectedPercent < 0 || maxEjectedPercent > 100) {
            throw new IllegalArgumentException("max_ejected_percent: " + maxEjectedPercent + " (0 to 100)");
        }
    }

    /** Those that can be configured, beside the defaults of the others. */
    static LedgerRules of(Access access) {
        return new LedgerRules(
                DEFAULTS.reachFailures,
                DEFAULTS.refusals,
                DEFAULTS.errors,
                DEFAULTS.memory,
                access.blacklistTtl(),
                access.blacklistTtl().multipliedBy(12),
                access.whitelistTtl(),
                access.maxEjectedPercent());
    }

    int threshold(Family family) {
        return switch (family) {
            case REACH -> reachFailures;
            case REFUSAL -> refusals;
            case ERROR -> errors;
            case GOOD, SLOW -> Integer.MAX_VALUE;
        };
    }

    /** Length of the n-th denial in a row, n from 1. */
    long denialMillis(int nth) {
        long doubled = deniedFor.toMillis() << Math.min(nth - 1, 20);
        return Math.min(doubled, deniedAtMost.toMillis());
    }
}
