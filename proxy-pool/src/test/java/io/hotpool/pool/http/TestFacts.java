package io.hotpool.pool.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;

/** Facts of connections that tests make. */
public final class TestFacts {
    private TestFacts() {}

    public static ConnectionFacts clear(Protocol protocol, int port) {
        return of(protocol, Origin.http("www.example.com", 80), port, "");
    }

    public static ConnectionFacts secure(Protocol protocol) {
        return of(protocol, Origin.https("www.example.com", 443), 443, "TLSv1.3");
    }

    private static ConnectionFacts of(Protocol protocol, Origin origin, int port, String tls) {
        return new ConnectionFacts(
                1,
                origin,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                protocol,
                "test",
                tls,
                "",
                "",
                "",
                "",
                false,
                Instant.EPOCH,
                ConnectionFacts.DialTiming.NONE);
    }
}
