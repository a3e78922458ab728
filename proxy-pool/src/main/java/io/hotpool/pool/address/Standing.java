package io.hotpool.pool.address;

import io.hotpool.pool.address.Observation.Family;
import java.net.InetAddress;
import java.util.Locale;

/**
 * What is thought of one address of one origin, and why.
 *
 * @param cause the evidence in words, {@code 3x forbidden}; empty while nothing is known
 * @param sinceMillis when it came into this state
 * @param untilMillis when the state ends by itself; {@link Long#MAX_VALUE}: it does not
 * @param successes observations of family GOOD, decayed by half every half-life
 * @param failures the others, likewise
 * @param latencyNanos moving average of answers, 0 when there was none
 * @param answeredMillis when the last of them came, 0 when that is not known
 * @param against what a denial, or its re-test, is about; {@link Family#GOOD} for other states
 * @param spared it would be denied, but too many of its origin's addresses already are
 * @param suspectUntilMillis it was out of reach the last time; until then others are tried before it. 0: it was not
 */
public record Standing(
        InetAddress address,
        State state,
        String cause,
        long sinceMillis,
        long untilMillis,
        double successes,
        double failures,
        double latencyNanos,
        long answeredMillis,
        Family against,
        boolean spared,
        long suspectUntilMillis) {

    private static final double LATENCY_HALF_LIFE_MILLIS = 15_000;

    public enum State {
        UNKNOWN,
        ALLOWED,
        DENIED,
        /** The denial has ended: one connection at a time may find out. */
        HALF_OPEN;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Standing unknown(InetAddress address) {
        return new Standing(address, State.UNKNOWN, "", 0, Long.MAX_VALUE, 0, 0, 0, 0, Family.GOOD, false, 0);
    }

    /** What was measured counts less and less, so that an address that was slow once is tried again. */
    public double latencyNanos(long now) {
        return latencyNanos * Math.pow(0.5, Math.max(0, now - answeredMillis) / LATENCY_HALF_LIFE_MILLIS);
    }

    public boolean suspect(long now) {
        return now < suspectUntilMillis;
    }

    /** 0 to 1: the decayed share of good outcomes, pulled to one half while there are few. */
    public double score() {
        return (successes + 1) / (successes + failures + 2);
    }
}
