package io.hotpool.server;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.server.config.HotpoolConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The catalogue that belongs to a configuration. It is read before the configuration is in force, and the one before is kept: a request
 * that was planned by either finds every profile that this one names. Thread-safe.
 */
final class LiveProfiles {
    private static final Logger log = LoggerFactory.getLogger(LiveProfiles.class);

    private record Known(
            HotpoolConfig config,
            ProfileCatalog catalog,
            @Nullable ProfileCatalog before) {}

    private volatile Known latest;

    LiveProfiles(HotpoolConfig config) {
        latest = new Known(config, ProfileNames.catalog(config), null);
    }

    /** @throws RuntimeException when the folder of profiles cannot be read */
    void makeReady(HotpoolConfig next) {
        ProfileCatalog before = latest.catalog();
        ProfileCatalog read = ProfileNames.catalog(next, before);
        latest = new Known(next, read, before);
        List<String> changed = read.all().stream()
                .filter(profile -> !before.all().contains(profile))
                .map(BrowserProfile::name)
                .toList();
        if (!changed.isEmpty()) {
            log.info("profiles read: {}", changed);
        }
    }

    ProfileCatalog of(HotpoolConfig config) {
        Known known = latest;
        ProfileCatalog before = known.before();
        return known.config() == config || before == null ? known.catalog() : before;
    }
}
