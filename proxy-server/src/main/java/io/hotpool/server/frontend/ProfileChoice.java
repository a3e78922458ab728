package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.ProfileCatalog;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which profile a name means: one of the catalogue, {@code random} or {@code match}. Never a silent fallback. */
final class ProfileChoice {
    /** Product tokens in the order in which they tell browsers apart: Edge names itself Chrome, too. */
    private static final List<String[]> PRODUCTS = List.of(
            new String[] {"Edg", "edge"},
            new String[] {"OPR", "opera"},
            new String[] {"Firefox", "firefox"},
            new String[] {"FxiOS", "firefox"},
            new String[] {"Chrome", "chrome"},
            new String[] {"CriOS", "chrome"},
            new String[] {"Version", "safari"});

    private ProfileChoice() {}

    /**
     * @param session with {@code random}: a session keeps its profile
     * @param clientId with {@code random} and no session: a client connection keeps its profile
     * @throws Fault {@code bad_directive}
     */
    static BrowserProfile choose(
            ProfileCatalog catalog, String name, String session, long clientId, @Nullable String userAgent) {
        if (name.equalsIgnoreCase("random")) {
            long seed = session.isEmpty() ? clientId : session.hashCode();
            List<BrowserProfile> all = catalog.all();
            return all.get((int) Math.floorMod(mixed(seed), (long) all.size()));
        }
        if (name.equalsIgnoreCase("match")) {
            return matching(catalog, userAgent);
        }
        return catalog.find(name).orElseThrow(() -> unknown(catalog, name));
    }

    private static BrowserProfile matching(ProfileCatalog catalog, @Nullable String userAgent) {
        for (String[] product : userAgent == null ? List.<String[]>of() : PRODUCTS) {
            Matcher token = Pattern.compile("\\b" + product[0] + "/(\\d+)").matcher(userAgent);
            if (token.find()) {
                String family = product[1];
                return catalog.find(family + "-" + token.group(1))
                        .or(() -> catalog.find(family))
                        .orElseThrow(() -> noMatch("there is no profile of " + family));
            }
        }
        throw noMatch("the User-Agent names no known browser");
    }

    private static Fault noMatch(String why) {
        return Fault.of(FaultKind.BAD_DIRECTIVE, "profile 'match': " + why);
    }

    private static Fault unknown(ProfileCatalog catalog, String name) {
        List<String> near = catalog.nearest(name.toLowerCase(Locale.ROOT));
        return Fault.of(
                FaultKind.BAD_DIRECTIVE,
                "profile '" + name + "' is unknown" + (near.isEmpty() ? "" : "; did you mean " + near.get(0) + "?"));
    }

    /** Spreads neighbouring numbers (the finaliser of MurmurHash3). */
    private static long mixed(long seed) {
        long x = (seed ^ seed >>> 33) * 0xff51afd7ed558ccdL;
        return x ^ x >>> 33;
    }
}
