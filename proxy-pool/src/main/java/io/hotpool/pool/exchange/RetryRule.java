package io.hotpool.pool.exchange;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * May a request be sent again after an attempt on a connection failed? Only when the origin provably did not process it, or
 * when it is idempotent and the connection ended before the first byte of an answer (RFC 9110, 9.2.2). Pure.
 */
final class RetryRule {
    /** What is known of the failed attempt. */
    record Failure(
            Fault fault,
            boolean idempotent,
            boolean hasBody,
            boolean replayable,
            boolean reused,
            boolean answerBegun,
            int attempts,
            boolean freshAttemptDone) {}

    private RetryRule() {}

    /**
     * May another dial be made for a request after one came to nothing? Each has tried every address already, and nothing
     * was sent: only a handshake that was cut says nothing about the next one.
     *
     * @param dials that failed
     * @return the label of the reason; null: no
     */
    static @Nullable String ofDial(Fault fault, int dials, int maxRetries) {
        boolean cut = fault.kind() == FaultKind.TLS_FAILED && fault.getCause() instanceof ClosedChannelException;
        return cut && dials <= maxRetries ? "handshake_cut" : null;
    }

    /** The label of the reason to send it again; null: it may not be. */
    static @Nullable String reason(Failure failure, int maxRetries) {
        if (failure.answerBegun || !failure.replayable || failure.attempts > maxRetries) {
            return null;
        }
        if (failure.fault.unprocessed()) {
            return "unprocessed";
        }
        if (!failure.idempotent || failure.fault.kind() != FaultKind.UPSTREAM_CLOSED) {
            return null;
        }
        if (failure.reused) {
            return "stale_connection";
        }
        return !failure.hasBody && !failure.freshAttemptDone ? "no_response" : null;
    }
}
