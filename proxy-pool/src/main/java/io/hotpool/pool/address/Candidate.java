package io.hotpool.pool.address;

import io.hotpool.pool.address.AddressBook.Line;
import io.hotpool.pool.address.Observation.Family;
import io.hotpool.pool.address.Standing.State;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * An address that a dial may use.
 *
 * @param line null: nothing was seen of it yet
 * @param ruled a rule allows it, whatever was learned
 * @param load connections to it that are open or under way
 */
record Candidate(InetAddress address, @Nullable Line line, boolean ruled, int load) {
    private static final double HOPE = 0.25;
    private static final double LEAST_LATENCY = 1_000_000;

    State state() {
        return line == null ? State.UNKNOWN : line.standing().state();
    }

    double score() {
        return line == null ? 0.5 : line.standing().score();
    }

    boolean v6() {
        return address instanceof Inet6Address;
    }

    boolean denied() {
        return !ruled && state() == State.DENIED;
    }

    boolean known() {
        return ruled || state() == State.ALLOWED;
    }

    /** It was out of reach the last time, or is to be reached again first: others are tried before it. */
    boolean shunned(long now) {
        if (line == null || ruled) {
            return false;
        }
        Family against = line.standing().against();
        boolean unreached = against == Family.REACH || against == Family.SLOW;
        return line.standing().suspect(now) || state() == State.HALF_OPEN && unreached;
    }

    /** Least is best: latency and load, weighed by the square of the score. What never answered counts as quick. */
    double cost(long now) {
        double latency = line == null ? 0 : line.standing().latencyNanos(now);
        return Math.max(latency, LEAST_LATENCY) * (load + 1) / (score() * score());
    }

    /** Not for an unknown one that did badly every time: it waits until that is forgotten. */
    boolean takeTrial(long now) {
        return line == null
                || (state() != State.UNKNOWN || score() >= HOPE) && line.trial().take(now);
    }
}
