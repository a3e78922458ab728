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
                .sorted(Comparator.comparingInt((String name) -> EditDistance.between(asked, Profiles.key(name)))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(SUGGESTIONS)
                .toList();
    }

    private static boolean near(String asked, String name) {
        int prefix = 0;
        while (prefix < Math.min(asked.length(), name.length()) && asked.charAt(prefix) == name.charAt(prefix)) {
            prefix++;
        }
        return prefix >= 4 || EditDistance.between(asked, name) <= Math.max(2, asked.length() / 3);
    }
}
