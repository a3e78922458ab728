package io.hotpool.pool.address;

import io.hotpool.pool.http.Origin;
import java.net.InetAddress;
import java.util.Locale;

/**
 * What real traffic, or a probe, showed about an address of an origin, once or several times in a row.
 *
 * @param count how often in a row
 * @param latencyNanos from the request to the response head, on average; 0 where it does not apply
 */
public record Observation(Origin origin, InetAddress address, Outcome outcome, int count, long latencyNanos) {

    /** What was seen. Each bad outcome belongs to a {@link Family}: only evidence of one family adds up. */
    public enum Outcome {
        /** A response that is neither a refusal nor a server error. */
        ANSWERED(Family.GOOD),
        /** TCP and TLS came up; nothing was asked yet. */
        CONNECTED(Family.GOOD),
        CONNECT_FAILED(Family.REACH),
        CONNECT_TIMEOUT(Family.REACH),
        TLS_FAILED(Family.REACH),
        /** Another address, dialled later, was there first: no verdict follows, but others are tried before it. */
        LOST_RACE(Family.SLOW),
        FORBIDDEN(Family.REFUSAL),
        TOO_MANY_REQUESTS(Family.REFUSAL),
        SERVER_ERROR(Family.ERROR),
        RESPONSE_TIMEOUT(Family.ERROR),
        /** A new connection was closed without an answer. */
        CLOSED(Family.ERROR);

        private final Family family;

        Outcome(Family family) {
            this.family = family;
        }

        public Family family() {
            return family;
        }

        /** {@code 3x forbidden} in logs, causes and metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What a response with that status says about the address that sent it. */
        public static Outcome ofStatus(int status) {
            return switch (status) {
                case 403 -> FORBIDDEN;
                case 429 -> TOO_MANY_REQUESTS;
                default -> status >= 500 ? SERVER_ERROR : ANSWERED;
            };
        }
    }

    /** Kinds of evidence. */
    public enum Family {
        GOOD,
        /** Worse than others. */
        SLOW,
        /** No connection could be made. */
        REACH,
        /** The origin refuses us there. */
        REFUSAL,
        /** The origin fails there. */
        ERROR
    }
}
