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
 * @param against what a denial, or its re-test, is about; {@link Family#GOOD} for other states
 * @param spared it would be denied, but too many of its origin's addresses already are
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
        Family against,
        boolean spared) {

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
        return new Standing(address, State.UNKNOWN, "", 0, Long.MAX_VALUE, 0, 0, 0, Family.GOOD, false);
    }

    /** 0 to 1: the decayed share of good outcomes, pulled to one half while there are few. */
    public double score() {
        return (successes + 1) / (successes + failures + 2);
    }
}
