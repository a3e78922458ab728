package io.hotpool.server;

import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.config.HotpoolConfig.Rule;
import io.hotpool.server.config.HotpoolConfig.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Every profile that a configuration names must exist: there is never a fallback to another browser. */
public final class ProfileNames {
    private ProfileNames() {}

    public static ProfileCatalog catalog(HotpoolConfig config) {
        return catalog(config, Profiles.builtIn());
    }

    /** A profile that did not change is the very object of {@code before}, so that its connections stay in use. */
    static ProfileCatalog catalog(HotpoolConfig config, ProfileCatalog before) {
        Path folder = config.fingerprint().profileDir();
        return folder == null || !Files.isDirectory(folder) ? Profiles.builtIn() : Profiles.load(folder, before);
    }

    public static void check(HotpoolConfig config, BiConsumer<String, String> complaint) {
        ProfileCatalog catalog;
        try {
            catalog = catalog(config);
        } catch (RuntimeException e) {
            complaint.accept("fingerprint.profile_dir", String.valueOf(e.getMessage()));
            return;
        }
        check(catalog, "fingerprint.profile", config.fingerprint().profile(), complaint);
        for (int i = 0; i < config.rules().size(); i++) {
            Rule rule = config.rules().get(i);
            check(catalog, "rule[" + (i + 1) + "].profile", rule.profile(), complaint);
        }
        for (int i = 0; i < config.prewarm().size(); i++) {
            String name = config.prewarm().get(i).profile();
            check(catalog, "prewarm[" + (i + 1) + "].profile", name, complaint);
        }
        for (int i = 0; i < config.proxy().users().size(); i++) {
            User user = config.proxy().users().get(i);
            check(catalog, "proxy.users[" + (i + 1) + "].profile", user.profile(), complaint);
        }
    }

    private static void check(
            ProfileCatalog catalog, String key, @Nullable String name, BiConsumer<String, String> complaint) {
        if (name != null && catalog.find(name).isEmpty()) {
            List<String> nearest = catalog.nearest(name);
            String hint = nearest.isEmpty() ? "" : "; did you mean " + nearest.get(0) + "?";
            complaint.accept(key, "there is no profile '" + name + "'" + hint + " (`hotpool profiles` lists them)");
        }
    }
}
