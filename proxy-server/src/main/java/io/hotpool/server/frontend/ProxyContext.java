package io.hotpool.server.frontend;

import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.route.HttpsFirst;
import io.hotpool.server.route.Router;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What all client connections share. Thread-safe. */
final class ProxyContext {
    final Frontend frontend;
    final HttpsFirst httpsFirst = new HttpsFirst(System::nanoTime);
    final Authenticator authenticator = new Authenticator();
    final AtomicLong exchangeIds = new AtomicLong();
    final AtomicLong connectionIds = new AtomicLong();
    final RequestLimits limits = new RequestLimits();
    final Mirror mirror = new Mirror();
    final OpenClients clients = new OpenClients();
    private volatile List<InetSocketAddress> bound = List.of();
    private volatile @Nullable Router router;
    private volatile boolean draining;

    ProxyContext(Frontend frontend) {
        this.frontend = frontend;
    }

    void bound(List<InetSocketAddress> addresses) {
        bound = List.copyOf(addresses);
        router = null;
    }

    HotpoolConfig config() {
        return frontend.config().get();
    }

    /** The router of the configuration of the moment. */
    Router router() {
        HotpoolConfig config = config();
        Router known = router;
        if (known == null || known.config() != config) {
            known = new Router(config, bound);
            router = known;
        }
        return known;
    }

    boolean draining() {
        return draining;
    }

    void startDraining() {
        draining = true;
    }
}
