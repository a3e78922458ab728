package io.hotpool.server.alert;

import java.time.Instant;
import java.util.Locale;

/**
 * Something that is not as it should be, since then.
 *
 * @param value as it was measured when this was raised or last looked at
 * @param threshold of the configuration
 * @param text what is wrong, in words
 * @param advice what to do about it
 */
public record Alert(Kind kind, Instant since, double value, double threshold, String text, String advice) {
    /** Named as the key of {@code [alerts]} that holds the threshold. */
    public enum Kind {
        SUCCESS_RATE,
        MEAN_RESPONSE,
        HEALTHY_RATIO,
        REUSE_RATE;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
