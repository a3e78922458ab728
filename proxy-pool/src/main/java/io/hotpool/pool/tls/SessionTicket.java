package io.hotpool.pool.tls;

import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.tls.SessionParameters;

/**
 * What is needed to resume a session.
 */
sealed interface SessionTicket {
    /** Longest life of a ticket (RFC 8446, 4.6.1). */
    Duration LONGEST = Duration.ofDays(7);

    /** Not offered from then on: the end of the ticket's life, or of the certificate that was verified. */
    Instant expires();

    /** Until when the peer's certificate that stands behind the session is valid. */
    Instant peerValidUntil();

    /**
     * TLS 1.3 (RFC 8446, 4.6.1): used once.
     *
     * @param key the pre-shared key
     * @param prf BouncyCastle's PRFAlgorithm of the session's suite
     * @param ageAdd what the age is obfuscated with
     */
    record Tls13(
            byte[] identity,
            byte[] key,
            int prf,
            int hashSize,
            long ageAdd,
            Instant received,
            Instant expires,
            Instant peerValidUntil)
            implements SessionTicket {

        /** The identities of pre_shared_key (RFC 8446, 4.2.11) as sent at that time. */
        byte[] identities(Instant now) {
            long age = Math.max(0, Duration.between(received, now).toMillis());
            byte[] entry = new WireOutput().vector16(identity).u32(age + ageAdd).toByteArray();
            return new WireOutput().vector16(entry).toByteArray();
        }

        /** Bytes of the one binder, with the length of the list and its own. */
        int bindersSize() {
            return 2 + 1 + hashSize;
        }
    }

    /** TLS 1.2 (RFC 5077). */
    record Tls12(byte[] ticket, SessionParameters session, Instant expires, Instant peerValidUntil)
            implements SessionTicket {}

    /** The end of a ticket's life: the server's word for it, no more than a week, no longer than the certificate. */
    static Instant expiry(Instant received, long lifetimeSeconds, Instant peerValidUntil) {
        Instant end = received.plusSeconds(Math.min(lifetimeSeconds, LONGEST.toSeconds()));
        return end.isBefore(peerValidUntil) ? end : peerValidUntil;
    }
}
