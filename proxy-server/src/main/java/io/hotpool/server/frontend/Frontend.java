package io.hotpool.server.frontend;

import io.hotpool.pool.HotPool;
import io.hotpool.pool.address.AddressPolicy;
import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.intercept.LeafCertificates;
import io.hotpool.server.selftest.SelfTest;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the proxy port needs of the rest of the daemon.
 *
 * @param policy asked about an address that a client names in CONNECT; the pool asks it again about what it dials
 * @param profiles the catalogue that belongs to a configuration
 * @param config the snapshot of the moment; asked once per exchange
 */
public record Frontend(
        HotPool pool,
        AddressPolicy policy,
        Function<HotpoolConfig, ProfileCatalog> profiles,
        Supplier<HotpoolConfig> config,
        LeafCertificates leaves,
        SelfTest selfTest,
        ExchangeObserver observer) {}
