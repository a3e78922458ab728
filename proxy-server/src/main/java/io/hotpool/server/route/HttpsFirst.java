package io.hotpool.server.route;

import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.netty.util.NetUtil;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of hosts that were asked for with {@code http://}: does their port 443 serve the same. Bounded, and
 * forgotten after a time. Thread-safe by one short lock, taken for plain {@code http} requests to port 80 only.
 */
public final class HttpsFirst {
    public enum Choice {
        /** Clear HTTP. */
        CLEAR,
        /** TLS, and clear HTTP if that does not work. */
        TRY,
        /** TLS: it has worked. */
        SECURE
    }

    private static final long KEPT_NANOS = 600_000_000_000L;
    private static final int MAX_HOSTS = 10_000;
    private static final Set<FaultKind> NO_TLS_THERE = Set.of(
            FaultKind.CONNECT_REFUSED,
            FaultKind.CONNECT_FAILED,
            FaultKind.CONNECT_TIMEOUT,
            FaultKind.TLS_CERTIFICATE,
            FaultKind.TLS_FAILED);

    private record Learned(boolean secure, long until) {}

    private final LongSupplier nanoTime;
    private final Map<String, Learned> hosts = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Learned> eldest) {
            return size() > MAX_HOSTS;
        }
    };

    public HttpsFirst(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * @param origin what the client named, with scheme {@code http}
     * @param safe the method is safe and there is no body: it may be sent a second time
     */
    public Choice choose(Origin origin, boolean safe) {
        if (!concerns(origin)) {
            return Choice.CLEAR;
        }
        Learned learned = learned(origin.host());
        if (learned == null) {
            return safe ? Choice.TRY : Choice.CLEAR;
        }
        return learned.secure ? safe ? Choice.TRY : Choice.SECURE : Choice.CLEAR;
    }

    /** Port 80 of a public name; anything else is not what browsers take to TLS. */
    public static boolean concerns(Origin origin) {
        return origin.port() == 80 && isPublicName(origin.host());
    }

    public void worked(String host) {
        learn(host, true);
    }

    public void failed(String host) {
        learn(host, false);
    }

    /** True when the fault says that TLS cannot be had there, rather than that the origin failed otherwise. */
    public static boolean noTls(FaultKind kind) {
        return NO_TLS_THERE.contains(kind);
    }

    /** True when the answer over TLS sends the client back to the very URL it asked for in the clear. */
    public static boolean sendsBack(int status, HeaderList headers, Origin asked, String path) {
        String location = status >= 301 && status <= 308 ? headers.get("Location") : null;
        if (location == null || !location.toLowerCase(Locale.ROOT).startsWith("http://")) {
            return false;
        }
        try {
            RequestTarget target = RequestTarget.absolute("GET", location);
            return target.origin().equals(asked) && target.path().equals(path);
        } catch (RuntimeException notAUrl) {
            return false;
        }
    }

    private synchronized void learn(String host, boolean secure) {
        hosts.remove(host);
        hosts.put(host, new Learned(secure, nanoTime.getAsLong() + KEPT_NANOS));
    }

    private synchronized @Nullable Learned learned(String host) {
        Learned learned = hosts.get(host);
        if (learned != null && learned.until - nanoTime.getAsLong() <= 0) {
            hosts.remove(host);
            return null;
        }
        return learned;
    }

    private static boolean isPublicName(String host) {
        return host.indexOf('.') > 0
                && !NetUtil.isValidIpV4Address(host)
                && host.indexOf(':') < 0
                && !host.endsWith(".localhost")
                && !host.endsWith(".local")
                && !host.endsWith(".internal")
                && !host.endsWith(".home.arpa");
    }
}
