package io.hotpool.server.selftest;

import io.hotpool.pool.HotPool;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.address.AddressPolicy;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.server.intercept.CertificateAuthority;
import io.hotpool.server.intercept.LeafCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The embedded origin, its root, and the pool that leads to it and nowhere else. */
public final class LocalSelfTest implements SelfTest {
    public static final String HOST = "hotpool.internal";

    private static final Duration LEAF_LIFETIME = Duration.ofDays(30);

    private final SelfTestOrigin server;
    private final LeafCache leaves;
    private final HotPool pool;
    private final Path root;

    /** Makes a pool as the daemon makes its own, but for what is given here. */
    @FunctionalInterface
    public interface PoolFactory {
        HotPool create(PoolConfig config, AddressPolicy policy);
    }

    private LocalSelfTest(SelfTestOrigin server, LeafCache leaves, HotPool pool, Path root) {
        this.server = server;
        this.leaves = leaves;
        this.pool = pool;
        this.root = root;
    }

    /** Starts the origin on a free port of the loopback interface. */
    public static LocalSelfTest start(Supplier<ProfileCatalog> profiles, PoolFactory pools) {
        CertificateAuthority authority = CertificateAuthority.ephemeral(Clock.systemUTC());
        LeafCache leaves = new LeafCache(authority, Clock.systemUTC(), () -> LEAF_LIFETIME, () -> 1, () -> {});
        SelfTestOrigin server = new SelfTestOrigin(leaves, profiles);
        try {
            Path root = Files.createTempFile("hotpool-selftest", ".pem");
            Files.writeString(root, authority.pem());
            int port = server.port();
            HotPool pool = pools.create(
                    config(root),
                    (address, dialled) -> address.isLoopbackAddress() && dialled == port
                            ? null
                            : "the self-test reaches its own origin only");
            return new LocalSelfTest(server, leaves, pool, root);
        } catch (IOException e) {
            server.close();
            leaves.close();
            throw new UncheckedIOException(e);
        }
    }

    private static PoolConfig config(Path root) {
        PoolConfig.Dns dns = new PoolConfig.Dns(
                List.of(),
                Map.of(HOST, List.of(InetAddress.getLoopbackAddress())),
                PoolConfig.Dns.DEFAULTS.minTtl(),
                PoolConfig.Dns.DEFAULTS.maxTtl());
        return PoolConfig.DEFAULTS.with(b -> {
            b.dns = dns;
            b.tls = new PoolConfig.Tls(List.of(root), null);
        });
    }

    @Override
    public Origin origin() {
        return Origin.https(HOST, server.port());
    }

    @Override
    public HotPool pool() {
        return pool;
    }

    @Override
    public String path(String profile) {
        return OriginAnswers.PATH + "?" + OriginAnswers.PROFILE + "="
                + URLEncoder.encode(profile, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        pool.close();
        server.close();
        leaves.close();
        try {
            Files.deleteIfExists(root);
        } catch (IOException e) {
            root.toFile().deleteOnExit();
        }
    }
}
