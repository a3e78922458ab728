package io.hotpool.pool.profile;

import java.util.Comparator;
import java.util.List;

/** Suggestions for a name that is unknown. */
final class NearestNames {
    private static final int SUGGESTIONS = 5;

    private NearestNames() {}

    /** The names that are few edits away or begin alike, best first. */
    static List<String> of(String unknown, List<String> names) {
        String asked = Profiles.key(unknown);
        return names.stream()
                .filter(name -> near(asked, Profiles.key(name)))
                .sorted(Comparator.comparingInt((String name) -> distance(asked, Profiles.key(name)))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(SUGGESTIONS)
                .toList();
    }

    private static boolean near(String asked, String name) {
        int prefix = 0;
        while (prefix < Math.min(asked.length(), name.length()) && asked.charAt(prefix) == name.charAt(prefix)) {
            prefix++;
        }
        return prefix >= 4 || distance(asked, name) <= Math.max(2, asked.length() / 3);
    }

    /** Levenshtein. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
