package io.hotpool.server.admin;

import io.hotpool.pool.HotPool;
import io.hotpool.pool.Prewarm;
import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.server.alert.Alert;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.config.HotpoolConfig.Warm;
import io.hotpool.server.config.Loaded;
import io.hotpool.server.config.Reload;
import io.hotpool.server.config.Setting;
import io.hotpool.server.intercept.LeafCertificates;
import io.hotpool.server.metrics.Metrics;
import io.hotpool.server.metrics.Statistics;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the admin port shows and moves. Every method may be called from any thread.
 *
 * @param configuration the one in force
 * @param proxyAddresses where the proxy port listens, with the ports that were really bound
 * @param ready started and not draining
 * @param reload reads the configuration anew and puts it in force, whole or not at all; may block
 * @param change sets keys live and takes others back, whole or not at all; may block
 * @param events what happened, for those who watch
 * @param prewarmOrder completes what was asked for by the configuration; throws a fault when there is no such profile
 * @param inspections requests that are made by order
 * @param alerts those that stand
 */
public record AdminServices(
        HotPool pool,
        Supplier<Loaded> configuration,
        Supplier<ProfileCatalog> profiles,
        LeafCertificates leaves,
        Metrics metrics,
        Statistics statistics,
        Supplier<List<InetSocketAddress>> proxyAddresses,
        BooleanSupplier ready,
        Supplier<Reload> reload,
        BiFunction<List<Setting>, Set<String>, Reload> change,
        EventFeed events,
        Function<Warm, Prewarm> prewarmOrder,
        Inspections inspections,
        Supplier<List<Alert>> alerts) {

    HotpoolConfig.Admin rules() {
        return configuration.get().config().admin();
    }
}
