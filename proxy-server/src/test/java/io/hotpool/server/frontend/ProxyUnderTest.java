package io.hotpool.server.frontend;

import io.hotpool.pool.HotPool;
import io.hotpool.pool.address.AddressPolicy;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.server.config.ConfigReader;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.intercept.CertificateAuthority;
import io.hotpool.server.intercept.LeafCache;
import io.hotpool.server.selftest.SelfTest;
import io.hotpool.wire.fixture.RawClient;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The real proxy port on a free port of loopback, before a pool that a test scripts. */
final class ProxyUnderTest implements AutoCloseable {
    final FakePool pool = new FakePool();
    final List<ExchangeObserver.Ended> ended = new CopyOnWriteArrayList<>();
    final List<String> limited = new CopyOnWriteArrayList<>();
    private volatile HotpoolConfig config;
    final ProxyServer server;
    final InetSocketAddress address;
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final CertificateAuthority authority = CertificateAuthority.ephemeral(Clock.systemUTC());
    private final LeafCache leaves;

    /** @param toml keys of the configuration file; {@code proxy.listen} is set */
    ProxyUnderTest(String toml) {
        leaves = new LeafCache(authority, Clock.systemUTC(), () -> Duration.ofDays(1), () -> 16, () -> {});
        config = read(toml);
        ExchangeObserver observer = new ExchangeObserver() {
            @Override
            public void exchangeEnded(Ended end) {
                ended.add(end);
            }

            @Override
            public void limited(String limit, String reason) {
                limited.add(limit + " " + reason);
            }
        };
        try {
            server = ProxyServer.start(
                    new Frontend(
                            pool,
                            AddressPolicy.ALLOW_ALL,
                            any -> Profiles.builtIn(),
                            () -> config,
                            leaves,
                            new Itself(pool),
                            observer),
                    loops,
                    loops);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        address = server.addresses().get(0);
    }

    private static HotpoolConfig read(String toml) {
        try {
            Path file = Files.createTempFile("hotpool", ".toml");
            Files.writeString(file, toml);
            try {
                return new ConfigReader(file, Map.of("HOTPOOL_PROXY_LISTEN", "[\"127.0.0.1:0\"]"), List.of())
                        .read()
                        .config();
            } finally {
                Files.delete(file);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Other keys from the next request on. */
    void configure(String toml) {
        config = read(toml);
    }

    RawClient client() throws IOException {
        return new RawClient(address);
    }

    /** Trusts the proxy's root and nothing else. */
    SSLContext trust() throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry(
                "root",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(authority.pem().getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    String rootPem() {
        return authority.pem();
    }

    @Override
    public void close() {
        server.close();
        leaves.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    private record Itself(HotPool pool) implements SelfTest {
        @Override
        public Origin origin() {
            return Origin.https("hotpool.internal", 40000);
        }

        @Override
        public String path(String profile) {
            return "/self-test?profile=" + profile;
        }

        @Override
        public void close() {}
    }
}
