package io.hotpool.pool.maintenance;

import io.hotpool.pool.Tier;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which tier of limits the measured load calls for: up soon, down late, one step at a time, so that a load at the border of
 * two tiers does not make the limits sway. Pure; to be shown the load once a second. Confined to one thread.
 */
public final class LoadTuner {
    static final int SECONDS_TO_RISE = 5;
    static final int SECONDS_TO_RELIEVE = 10;
    static final int SECONDS_TO_FALL = 60;

    /** A lower tier has to have room: the rate must be that far below what it is meant for, and as many connections free. */
    private static final double EASE = 0.7;

    private static final double SMOOTHING = 0.2; // the last five seconds, about

    private Tier tier = Tier.MEDIUM;
    private double rate;
    private boolean measured;
    private int secondsAbove;
    private int secondsWaiting;
    private int secondsBelow;

    /**
     * One second's load.
     *
     * @param requests that ended in it
     * @param busy connections that carry requests
     * @param waiting requests in the queue
     */
    public record Load(long requests, int busy, int waiting) {}

    /** @param why in words */
    public record Step(Tier from, Tier to, String why) {}

    public Tier tier() {
        return tier;
    }

    /** Requests a second, over the last few. */
    public double rate() {
        return rate;
    }

    /** Null: the tier stays. */
    public @Nullable Step look(Load load) {
        rate = measured ? rate + SMOOTHING * (load.requests() - rate) : load.requests();
        measured = true;
        secondsAbove = rate > tier.mostRequests() ? secondsAbove + 1 : 0;
        secondsWaiting = load.waiting() > 0 ? secondsWaiting + 1 : 0;
        secondsBelow = fitsBelow(load) ? secondsBelow + 1 : 0;
        if (secondsAbove >= SECONDS_TO_RISE && tier != Tier.HIGH) {
            return step(next(1), text("%.0f requests a second, more than %d", rate, tier.mostRequests()));
        }
        if (secondsWaiting >= SECONDS_TO_RELIEVE && tier != Tier.HIGH) {
            return step(
                    next(1),
                    text("requests have waited for connections for %d s, %d now", secondsWaiting, load.waiting()));
        }
        if (secondsBelow >= SECONDS_TO_FALL) {
            return step(next(-1), text("no more than %.1f requests a second for %d s", rate, secondsBelow));
        }
        return null;
    }

    private boolean fitsBelow(Load load) {
        if (tier == Tier.LOW) {
            return false;
        }
        Tier below = next(-1);
        return rate < EASE * below.mostRequests()
                && load.waiting() == 0
                && load.busy() < (1 - EASE) * below.maxConnections();
    }

    private Tier next(int steps) {
        return Tier.values()[tier.ordinal() + steps];
    }

    private Step step(Tier to, String why) {
        Step step = new Step(tier, to, why);
        tier = to;
        secondsAbove = 0;
        secondsWaiting = 0;
        secondsBelow = 0;
        return step;
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
