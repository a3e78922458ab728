package io.hotpool.server.config;

import io.hotpool.pool.profile.EditDistance;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The known name that somebody probably meant. */
public final class Nearest {
    private Nearest() {}

    static String unknown(String name, Collection<String> known) {
        return "unknown key"
                + of(name, known).map(n -> "; did you mean " + n + "?").orElse("");
    }

    /** One that it begins, else by edit distance if at least half of the letters are right. */
    static Optional<String> of(String name, Collection<String> known) {
        String wanted = name.toLowerCase(Locale.ROOT);
        Optional<String> longer =
                known.stream().filter(k -> k.startsWith(wanted)).findFirst();
        return longer.isPresent() ? longer : byDistance(wanted, known);
    }

    /** The one with the fewest wrong letters, however many those are. @param known not empty */
    public static String closest(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(k -> EditDistance.between(name, k)))
                .orElseThrow();
    }

    private static Optional<String> byDistance(String wanted, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(k -> EditDistance.between(wanted, k)))
                .filter(k -> EditDistance.between(wanted, k) <= Math.max(2, k.length() / 2));
    }
}
