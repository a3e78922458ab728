package io.hotpool.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The known name that somebody probably meant. */
final class Nearest {
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

    private static Optional<String> byDistance(String wanted, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(k -> distance(wanted, k)))
                .filter(k -> distance(wanted, k) <= Math.max(2, k.length() / 2));
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
