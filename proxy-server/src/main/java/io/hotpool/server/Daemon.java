package io.hotpool.server;

import io.hotpool.pool.HotPool;
import io.hotpool.pool.HotPools;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.Prewarm;
import io.hotpool.pool.address.AddressPolicy;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.pool.tls.CryptoThreads;
import io.hotpool.pool.tls.LiveTls;
import io.hotpool.server.admin.AdminServer;
import io.hotpool.server.admin.AdminServices;
import io.hotpool.server.alert.AlertWatch;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.config.HotpoolConfig.Warm;
import io.hotpool.server.config.LiveConfig;
import io.hotpool.server.config.ReloadTriggers;
import io.hotpool.server.frontend.Frontend;
import io.hotpool.server.frontend.PrewarmOrders;
import io.hotpool.server.frontend.ProxyServer;
import io.hotpool.server.intercept.AuthorityException;
import io.hotpool.server.intercept.CertificateAuthority;
import io.hotpool.server.intercept.LeafCache;
import io.hotpool.server.selftest.LocalSelfTest;
import io.hotpool.server.selftest.SelfTest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: builds every part once, in the order in which they need each other, and takes them down in reverse.
 */
public final class Daemon implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Daemon.class);

    private final LiveConfig config;
    private final Clock clock;
    private final Teardown teardown = new Teardown();
    private final LivePolicy policy = new LivePolicy();
    private final EventLoops loops;
    private final Observation observation;
    private final CryptoThreads crypto;
    private final LiveTls tls;
    private final LeafCache leaves;
    private final HotPool pool;
    private final AlertWatch alerts;
    private final SelfTest selfTest;
    private final ProxyServer proxy;
    private final AdminServer admin;
    private final LiveProfiles profiles;
    private volatile boolean ready;

    /** @throws StartException when a port is taken, the CA cannot be used, … */
    public static Daemon start(LiveConfig config) throws StartException {
        return start(config, Clock.systemUTC());
    }

    /** @param clock of dates: certificates, tickets, what is learned and shown; no timeout depends on it */
    public static Daemon start(LiveConfig config, Clock clock) throws StartException {
        return new Daemon(config, clock);
    }

    private Daemon(LiveConfig live, Clock clock) throws StartException {
        this.clock = clock;
        config = live;
        profiles = new LiveProfiles(live.get());
        try {
            loops = teardown.after(new EventLoops());
            observation = teardown.after(Observation.of(live, clock));
            crypto = teardown.after(new CryptoThreads());
            leaves = teardown.after(openLeaves());
            tls = teardown.after(new LiveTls(live.get().pool(), crypto.executor(), clock));
            pool = teardown.after(openPool());
            alerts = teardown.after(observation.watch(pool, live, loops.group().next()));
            selfTest = teardown.after(LocalSelfTest.start(this::profiles, this::poolForSelfTest));
            proxy = teardown.after(openProxy());
            admin = teardown.after(openAdmin());
            policy.follow(live.get(), listeners());
            live.beforeChange(profiles::makeReady);
            live.onChange(this::follow);
            teardown.after(new ReloadTriggers(live));
        } catch (StartException | RuntimeException e) {
            teardown.run();
            throw e;
        }
        Cautions.log(live.get());
        WarmUp.start(selfTest, defaultProfile(), loops.group().next());
        prewarm(live.get().prewarm());
        ready = true;
    }

    private LeafCache openLeaves() throws StartException {
        try {
            CertificateAuthority authority =
                    CertificateAuthority.open(config.get().ca().dir(), clock);
            return new LeafCache(
                    authority,
                    clock,
                    () -> config.get().ca().leafLifetime(),
                    () -> config.get().ca().leafCache(),
                    observation.metrics()::leafMinted);
        } catch (AuthorityException e) {
            throw new StartException(e.getMessage(), e);
        }
    }

    private HotPool openPool() {
        return HotPools.on(loops.group())
                .clock(clock)
                .tls(tls)
                .policy(policy)
                .listener(observation.poolListener())
                .start(config.get().pool());
    }

    private HotPool poolForSelfTest(PoolConfig poolConfig, AddressPolicy onlyItsOrigin) {
        LiveTls ownTrust = teardown.after(new LiveTls(poolConfig, crypto.executor(), clock));
        return HotPools.on(loops.group()).tls(ownTrust).policy(onlyItsOrigin).start(poolConfig);
    }

    private ProxyServer openProxy() throws StartException {
        Frontend frontend =
                new Frontend(pool, policy, profiles::of, config, leaves, selfTest, observation.exchangeObserver());
        List<InetSocketAddress> listen = config.get().proxy().listen();
        try {
            return ProxyServer.start(frontend, loops.group(), loops.group());
        } catch (IOException e) {
            throw taken(e, listen, "--listen ADDRESS:PORT");
        }
    }

    private AdminServer openAdmin() throws StartException {
        AdminServices services = new AdminServices(
                pool,
                config::loaded,
                this::profiles,
                leaves,
                observation.metrics(),
                observation.statistics(),
                () -> proxy.addresses(),
                () -> ready,
                config::reload,
                config::change,
                observation.events(),
                warm -> PrewarmOrders.of(warm, config.get(), profiles()),
                new OwnRequests(
                        pool, selfTest, config, this::profiles, loops.group().next(), new AtomicLong()),
                alerts::standing);
        List<InetSocketAddress> listen = config.get().admin().listen();
        try {
            return AdminServer.start(services, listen);
        } catch (IOException e) {
            throw taken(e, listen, "--admin-listen ADDRESS:PORT");
        }
    }

    /** What to do about a port that cannot be had. */
    private static StartException taken(IOException e, List<InetSocketAddress> listen, String option) {
        StringBuilder message = new StringBuilder(String.valueOf(e.getMessage()));
        listen.stream()
                .map(InetSocketAddress::getPort)
                .distinct()
                .forEach(port -> PortOwner.of(port)
                        .ifPresent(owner -> message.append("\nport ")
                                .append(port)
                                .append(" belongs to ")
                                .append(owner)));
        return new StartException(message + "\nchoose another one with " + option, e);
    }

    private void follow(HotpoolConfig before, HotpoolConfig after) {
        Logging.apply(after.log());
        tls.follow(before.pool(), after.pool());
        pool.update(after.pool());
        policy.follow(after, listeners());
        prewarm(after.prewarm().stream()
                .filter(warm -> !before.prewarm().contains(warm))
                .toList());
        if (Cautions.concern(before, after)) {
            Cautions.log(after);
        }
    }

    /** In the background; each host's outcome is a line in the log. */
    private void prewarm(List<Warm> hosts) {
        if (hosts.isEmpty()) {
            return;
        }
        List<Prewarm> orders = hosts.stream()
                .map(warm -> PrewarmOrders.of(warm, config.get(), profiles()))
                .toList();
        pool.prewarm(orders).whenComplete((results, failure) -> {
            if (failure != null) {
                log.warn("prewarming failed: {}", failure.toString());
            }
        });
    }

    private ProfileCatalog profiles() {
        return profiles.of(config.get());
    }

    private BrowserProfile defaultProfile() {
        return profiles().find(config.get().fingerprint().profile()).orElseThrow();
    }

    private List<InetSocketAddress> listeners() {
        List<InetSocketAddress> all = new ArrayList<>(proxy.addresses());
        all.addAll(admin.addresses());
        return all;
    }

    /** Where the proxy listens, with the ports that were bound. */
    public List<InetSocketAddress> proxyAddresses() {
        return proxy.addresses();
    }

    public List<InetSocketAddress> adminAddresses() {
        return admin.addresses();
    }

    public Path caCertificate() {
        return config.get().ca().dir().resolve("ca.pem").toAbsolutePath();
    }

    /**
     * Is not ready any more, and after the drain delay ends accepting, lets what is under way end for up to the drain timeout,
     * then closes everything. Blocks.
     */
    public void stop() {
        ready = false;
        awaitOthersToLookElsewhere(config.get().proxy().drainDelay());
        Duration longest = config.get().proxy().drainTimeout();
        log.info("stopping: waiting up to {} s for {} exchanges and tunnels", longest.toSeconds(), proxy.exchanges());
        int cut = proxy.drain(longest).toCompletableFuture().join();
        if (cut > 0) {
            log.warn("{} exchanges and tunnels were cut at the drain timeout", cut);
        }
        FinalFigures.of(observation.statistics(), pool).forEach(log::info);
        close();
        log.info("stopped");
    }

    private static void awaitOthersToLookElsewhere(Duration delay) {
        if (delay.isZero()) {
            return;
        }
        log.info("stopping: not ready any more, requests are taken for another {} ms", delay.toMillis());
        try {
            TimeUnit.NANOSECONDS.sleep(delay.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes everything now. Idempotent. */
    @Override
    public void close() {
        ready = false;
        teardown.run();
    }
}
