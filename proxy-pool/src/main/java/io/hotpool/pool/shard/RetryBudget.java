package io.hotpool.pool.shard;

/**
 * Bounds retries to a share of the exchanges, so that an origin in trouble is not given more load. Each exchange earns its
 * share of a retry; a few are free, for pools with little traffic. Confined to the shard's loop.
 */
public final class RetryBudget {
    private static final double FREE = 10;
    private static final double MOST = 100;

    private double share;
    private double saved = FREE;

    public RetryBudget(double share) {
        this.share = share;
    }

    void share(double share) {
        this.share = share;
    }

    void exchangeStarted() {
        saved = Math.min(MOST, saved + share);
    }

    /** Takes one retry out of the budget; false when it is used up. */
    public boolean take() {
        if (share == 0 || saved < 1) {
            return false;
        }
        saved--;
        return true;
    }
}
