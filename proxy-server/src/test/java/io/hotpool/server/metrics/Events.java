package io.hotpool.server.metrics;

import io.hotpool.pool.OpenExchange.Timing;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.ConnectionFacts.DialTiming;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.server.frontend.ExchangeObserver.Ended;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Things that happened, for tests of those who are told. */
public final class Events {
    public static final Origin ORIGIN = Origin.https("www.example.com", 443);
    public static final InetSocketAddress CLIENT = address("127.0.0.1", 50123);

    private Events() {}

    public static InetSocketAddress address(String ip, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(ip), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    public static ConnectionFacts connection(long id, Origin origin, Protocol protocol) {
        return new ConnectionFacts(
                id,
                origin,
                address("192.0.2.7", origin.port()),
                protocol,
                "chrome-156",
                "TLSv1.3",
                "TLS_AES_128_GCM_SHA256",
                "cd08e31494f9531f560d64c695473da9",
                "t13d1517h2_8daaf6152771_cb7bf5808d99",
                protocol == Protocol.H2 ? "1:65536|15663105|0|m,a,s,p" : "",
                false,
                Instant.parse("2026-11-23T12:00:00Z"),
                DialTiming.NONE);
    }

    public static Ended answered(int status) {
        return ended("intercept", ORIGIN, "/path", status, null);
    }

    public static Ended failed(FaultKind fault) {
        return ended("intercept", ORIGIN, "/path", fault.status(), fault);
    }

    public static Ended ended(
            String form, @Nullable Origin origin, String path, int status, @Nullable FaultKind fault) {
        boolean reached = fault == null && origin != null;
        return new Ended(
                42,
                CLIENT,
                form,
                "GET",
                origin,
                path,
                "h1",
                status,
                10,
                2000,
                "chrome-156",
                null,
                reached ? connection(7, origin, Protocol.H2) : null,
                reached ? new Timing(true, 0, 0, 0, 1_000_000, 9_000_000) : null,
                12_000_000,
                fault,
                fault == null ? "" : "what happened");
    }
}
