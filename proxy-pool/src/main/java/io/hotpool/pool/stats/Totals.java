package io.hotpool.pool.stats;

import java.time.Instant;

/**
 * What was counted over a time.
 *
 * @param at of all: now; of a window: where it begins
 * @param successful the origin's answer was passed on whole, whatever its status
 * @param failed hotpool answered with a fault of its own, or cut the answer
 * @param answered those of which a response head came from an origin
 * @param answerNanos from the request to that head, summed
 * @param reused connections that were there before the request asked
 * @param responseTimes from the request to the response head
 */
public record Totals(
        Instant at,
        long successful,
        long failed,
        long answered,
        long answerNanos,
        long reused,
        long created,
        Percentiles responseTimes) {

    public long requests() {
        return successful + failed;
    }

    /** 1 when there was no request: nothing failed. */
    public double successRate() {
        return requests() == 0 ? 1 : (double) successful / requests();
    }

    public double averageResponseMillis() {
        return answered == 0 ? 0 : answerNanos / 1e6 / answered;
    }

    public double reuseRate() {
        return acquired() == 0 ? 0 : (double) reused / acquired();
    }

    /** Connections that requests were given. */
    public long acquired() {
        return reused + created;
    }

    Totals since(Totals earlier, Percentiles within) {
        return new Totals(
                earlier.at,
                successful - earlier.successful,
                failed - earlier.failed,
                answered - earlier.answered,
                answerNanos - earlier.answerNanos,
                reused - earlier.reused,
                created - earlier.created,
                within);
    }
}
