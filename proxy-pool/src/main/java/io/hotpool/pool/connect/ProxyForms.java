package io.hotpool.pool.connect;

import io.hotpool.pool.UpstreamProxy;
import io.hotpool.pool.http.Origin;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Which HTTP proxies refuse CONNECT to the ports of clear HTTP, as many do: they are sent requests in absolute-form (RFC
 * 9112, 3.2.2). Forgotten after a time. Thread-safe.
 */
final class ProxyForms {
    private static final long KEPT_NANOS = 600_000_000_000L;
    private static final int MOST = 1000;

    private record Place(UpstreamProxy proxy, int port) {}

    private final LongSupplier nanoTime;
    private final Map<Place, Long> refusals = new ConcurrentHashMap<>();

    ProxyForms(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    boolean absolute(UpstreamProxy proxy, Origin origin) {
        Long until = refusals.get(new Place(proxy, origin.port()));
        return concerns(proxy, origin) && until != null && until - nanoTime.getAsLong() > 0;
    }

    /** CONNECT was refused; true when the other form is worth a try. */
    boolean refused(UpstreamProxy proxy, Origin origin) {
        if (!concerns(proxy, origin)) {
            return false;
        }
        if (refusals.size() >= MOST) {
            refusals.clear();
        }
        refusals.put(new Place(proxy, origin.port()), nanoTime.getAsLong() + KEPT_NANOS);
        return true;
    }

    private static boolean concerns(UpstreamProxy proxy, Origin origin) {
        return !proxy.kind().socks() && origin.scheme().equals("http");
    }
}
