package io.hotpool.pool.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * Turns the NewSessionTicket messages of one connection into tickets (RFC 8446, 4.6.1).
 *
 * @param prf BouncyCastle's PRFAlgorithm of the suite
 * @param secret the resumption_master_secret
 */
record ResumptionMaster(Hkdf hkdf, int prf, byte[] secret, Instant peerValidUntil) {

    /** Null for a ticket that is not to be kept. */
    SessionTicket.@Nullable Tls13 ticket(byte[] message, Instant now) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(message);
        long lifetime = TlsUtils.readUint32(in);
        long ageAdd = TlsUtils.readUint32(in);
        byte[] nonce = TlsUtils.readOpaque8(in);
        byte[] identity = TlsUtils.readOpaque16(in, 1);
        TlsUtils.readOpaque16(in);
        if (in.available() > 0) {
            throw new TlsFatalAlert(AlertDescription.decode_error);
        }
        if (lifetime == 0) {
            return null;
        }
        byte[] key = hkdf.expandLabel(secret, "resumption", nonce, hkdf.size());
        Instant expires = SessionTicket.expiry(now, lifetime, peerValidUntil);
        return new SessionTicket.Tls13(identity, key, prf, hkdf.size(), ageAdd, now, expires, peerValidUntil);
    }
}
