package io.hotpool.server.frontend;

import io.hotpool.pool.Prewarm;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.config.HotpoolConfig.Warm;
import io.hotpool.server.frontend.RequestPlan.Ground;
import io.hotpool.server.route.Directives;
import io.hotpool.server.route.Router;
import java.util.List;

/** Connections ahead of demand, for the requests that the configuration would make of a client's: same profile, same rules. */
public final class PrewarmOrders {
    private PrewarmOrders() {}

    /** @throws io.hotpool.pool.fault.Fault when there is no such profile */
    public static Prewarm of(Warm warm, HotpoolConfig config, ProfileCatalog profiles) {
        int standard = warm.scheme().equals("https") ? 443 : 80;
        Origin origin = new Origin(warm.scheme(), warm.host(), warm.port() == 0 ? standard : warm.port());
        Directives directives =
                Directives.ofProfile(warm.profile()).withSession(warm.session().isEmpty() ? null : warm.session());
        Ground ground =
                new Ground(null, Admission.ANONYMOUS, new Router(config, List.of()), profiles, new Mirror(), 0, null);
        return new Prewarm(origin, RequestPlan.options(ground, directives, origin.host()), warm.count());
    }
}
