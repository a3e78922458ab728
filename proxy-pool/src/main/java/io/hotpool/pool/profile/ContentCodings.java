package io.hotpool.pool.profile;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Accept-Encoding (RFC 9110, 12.5.3). */
final class ContentCodings {
    private static final Set<String> CLEARTEXT = Set.of("gzip", "deflate");

    private ContentCodings() {}

    /** The codings of {@code offered} that none of the client's fields accepts. */
    static Set<String> added(String offered, List<String> client) {
        Set<String> accepted = accepted(client);
        Set<String> added = new LinkedHashSet<>(accepted(List.of(offered)));
        added.removeAll(accepted);
        return accepted.contains("*") ? Set.of() : Set.copyOf(added);
    }

    /** Without the codings that browsers keep for secure connections. */
    static String forCleartext(String offered) {
        List<String> kept = new ArrayList<>();
        for (String coding : offered.split(",")) {
            if (CLEARTEXT.contains(coding.strip())) {
                kept.add(coding.strip());
            }
        }
        return String.join(", ", kept);
    }

    private static Set<String> accepted(List<String> fields) {
        Set<String> codings = new LinkedHashSet<>();
        for (String field : fields) {
            for (String item : field.toLowerCase(Locale.ROOT).split(",")) {
                String[] parts = item.split(";", 2);
                boolean refused = parts.length > 1 && parts[1].strip().matches("q=0(\\.0*)?");
                if (!refused && !parts[0].isBlank()) {
                    codings.add(parts[0].strip());
                }
            }
        }
        return codings;
    }
}
