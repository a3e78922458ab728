package io.hotpool.server;

import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.server.config.HotpoolConfig;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue that belongs to a configuration. It is read before the configuration is in force, and the one before is kept: a request
 * that was planned by either finds every profile that this one names. Thread-safe.
 */
final class LiveProfiles {
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
        latest = new Known(next, ProfileNames.catalog(next), latest.catalog());
    }

    ProfileCatalog of(HotpoolConfig config) {
        Known known = latest;
        ProfileCatalog before = known.before();
        return known.config() == config || before == null ? known.catalog() : before;
    }
}
