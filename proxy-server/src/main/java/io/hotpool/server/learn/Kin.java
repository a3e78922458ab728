package io.hotpool.server.learn;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.ProfileCatalog;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The known profile that is nearest to a browser: what was not seen of the browser is taken from it. */
final class Kin {
    private static final Set<String> CHROMIUMS =
            Set.of("chrome", "chromium", "edge", "brave", "opera", "samsung", "yandex", "vivaldi");
    private static final Set<String> GECKOS = Set.of("firefox", "tor");
    private static final int SUPPORTED_GROUPS = 10;

    private Kin() {}

    /** Of the same family and the newest; empty where no family is known. */
    static Optional<BrowserProfile> ofBrowser(Identity identity, ProfileCatalog catalog) {
        List<BrowserProfile> engine = catalog.all().stream()
                .filter(profile -> engine(profile.browser()).equals(engine(identity.browser())))
                .toList();
        return engine.stream()
                .max(Comparator.comparing((BrowserProfile p) -> p.browser().equals(identity.browser()))
                        .thenComparing(p -> -distance(p.version(), identity.version()))
                        .thenComparing(p -> p.platform().equals(identity.platform())));
    }

    private static String engine(String browser) {
        return CHROMIUMS.contains(browser) ? "chromium" : GECKOS.contains(browser) ? "firefox" : browser;
    }

    private static int distance(String a, String b) {
        return Math.abs(major(a) - major(b));
    }

    private static int major(String version) {
        String digits = version.replaceFirst("[^0-9].*", "");
        return digits.isEmpty() || digits.length() > 6 ? 0 : Integer.parseInt(digits);
    }

    /** By the parts that fingerprints look at; the first of the catalogue where several are as near. */
    static BrowserProfile ofHello(
            List<Integer> suites, List<Integer> types, List<Integer> groups, ProfileCatalog catalog) {
        BrowserProfile nearest = catalog.all().get(0);
        double best = -1;
        for (BrowserProfile profile : catalog.all()) {
            double likeness = likeness(suites, profile.tls().cipherSuites())
                    + 2 * likeness(types, types(profile))
                    + likeness(groups, groups(profile));
            if (likeness > best + 1e-9) {
                best = likeness;
                nearest = profile;
            }
        }
        return nearest;
    }

    private static List<Integer> types(BrowserProfile profile) {
        return profile.tls().extensions().stream().map(Extension::type).toList();
    }

    private static List<Integer> groups(BrowserProfile profile) {
        return profile.extension(SUPPORTED_GROUPS)
                .map(e -> ((Extension.Codes) e).codes())
                .orElse(List.of());
    }

    /** Shared by all of both (Jaccard), and a little for the same order. */
    private static double likeness(List<Integer> a, List<Integer> b) {
        Set<Integer> left = new HashSet<>(withoutGrease(a));
        Set<Integer> right = new HashSet<>(withoutGrease(b));
        Set<Integer> all = new HashSet<>(left);
        all.addAll(right);
        left.retainAll(right);
        double shared = all.isEmpty() ? 1 : (double) left.size() / all.size();
        return shared + (withoutGrease(a).equals(withoutGrease(b)) ? 0.1 : 0);
    }

    private static List<Integer> withoutGrease(List<Integer> codes) {
        return codes.stream().filter(c -> !ClientHello.isGrease(c)).toList();
    }
}
