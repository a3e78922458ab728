package io.hotpool.pool.http;

import java.net.InetSocketAddress;
import java.time.Instant;

/**
 * What is known of a connection once it is ready. Immutable.
 *
 * @param id unique in the process, for logs and the admin API
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
        DialTiming timing) {

    /** Durations of the steps of a dial in nanoseconds; 0 for a step that was not taken. */
    public record DialTiming(long dnsNanos, long tcpNanos, long tlsNanos) {
        public static final DialTiming NONE = new DialTiming(0, 0, 0);
    }
}
