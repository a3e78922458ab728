package io.hotpool.pool.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection once it is ready. Immutable.
 *
 * @param id unique in the process, for logs and the admin API
 * @param remote the other end of the socket: the origin, or its upstream proxy
 * @param profile name of the profile that dressed it
 * @param tlsVersion {@code TLSv1.3}; empty for clear text, as are the other TLS facts
 * @param cipherSuite IANA name
 * @param ja3 MD5 hex of the hello that was sent
 * @param ja4 of the hello that was sent
 * @param akamai HTTP/2 fingerprint text of what was sent; empty for HTTP/1.1
 * @param resumed the handshake used a ticket
 */
public record ConnectionFacts(
        long id,
        Origin origin,
        InetSocketAddress remote,
        Protocol protocol,
        String profile,
        String tlsVersion,
        String cipherSuite,
        String ja3,
        String ja4,
        String akamai,
        boolean resumed,
        Instant created,
        DialTiming timing,
        Way way) {

    /** A connection straight to its origin. */
    public ConnectionFacts(
            long id,
            Origin origin,
            InetSocketAddress remote,
            Protocol protocol,
            String profile,
            String tlsVersion,
            String cipherSuite,
            String ja3,
            String ja4,
            String akamai,
            boolean resumed,
            Instant created,
            DialTiming timing) {
        this(
                id,
                origin,
                remote,
                protocol,
                profile,
                tlsVersion,
                cipherSuite,
                ja3,
                ja4,
                akamai,
                resumed,
                created,
                timing,
                new Way("direct", remote.getAddress(), null));
    }

    /** The origin's address; null where an upstream proxy looked it up. */
    public @Nullable InetAddress address() {
        return way.address();
    }

    /**
     * How it got there.
     *
     * @param egress {@code direct}, or the upstream proxy without its credentials
     * @param address the origin's; null where an upstream proxy looked it up
     * @param local our end of the socket
     */
    public record Way(
            String egress,
            @Nullable InetAddress address,
            @Nullable InetSocketAddress local) {}

    /** Durations of the steps of a dial in nanoseconds; 0 for a step that was not taken. */
    public record DialTiming(long dnsNanos, long tcpNanos, long tlsNanos) {
        public static final DialTiming NONE = new DialTiming(0, 0, 0);
    }
}
