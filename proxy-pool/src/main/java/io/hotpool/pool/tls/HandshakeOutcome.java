package io.hotpool.pool.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.bouncycastle.tls.NewSessionTicket;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.SessionParameters;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * What a finished handshake leaves behind.
 *
 * @param keys for the own record layer; null: the suite has a block cipher, and BouncyCastle goes on with the records
 * @param resumption source of TLS 1.3 tickets; null in TLS 1.2
 * @param ticket of TLS 1.2, the new one or that which was used and is good again; null when there is none
 * @param writeLimit most application data in a record towards the server
 */
record HandshakeOutcome(
        TlsFacts facts,
        @Nullable RecordKeys keys,
        @Nullable ResumptionMaster resumption,
        SessionTicket.@Nullable Tls12 ticket,
        int writeLimit) {

    /** Gathers the secrets while BouncyCastle still has them. */
    static final class Builder {
        private static final String KEY_EXPANSION = "key expansion";
        /** When a TLS 1.2 server does not say how long its ticket is good for (RFC 5077, 3.3). */
        private static final long UNSPECIFIED_LIFETIME = 7200;

        private final SecurityParameters parameters;
        private final BrowserCrypto crypto;
        private final byte[] hello;
        private final boolean tls13;
        private final String suite;
        private final @Nullable String alpn;
        private boolean resumed;
        private int writeLimit;
        private @Nullable RecordKeys keys;
        private @Nullable Resumption resumption;

        private record Resumption(Hkdf hkdf, int prf, byte[] secret) {}

        Builder(SecurityParameters parameters, BrowserCrypto crypto, byte[] hello) {
            this.parameters = parameters;
            this.crypto = crypto;
            this.hello = hello;
            this.tls13 = TlsUtils.isTLSv13(parameters.getNegotiatedVersion());
            this.suite = CipherSuiteNames.of(parameters.getCipherSuite());
            ProtocolName name = parameters.getApplicationProtocol();
            this.alpn = name == null ? null : new String(name.getBytes(), StandardCharsets.UTF_8);
        }

        void resumed(boolean value) {
            resumed = value;
        }

        void writeLimit(int bytes) {
            writeLimit = bytes;
        }

        void keys() {
            AeadSuite aead = AeadSuite.of(parameters.getCipherSuite());
            if (aead != null) {
                keys = tls13 ? keys13(aead) : keys12(aead);
            }
        }

        private RecordKeys keys13(AeadSuite aead) {
            return new RecordKeys.Tls13(
                    aead,
                    Hkdf.of(parameters.getPRFCryptoHashAlgorithm()),
                    crypto.copyOf(parameters.getTrafficSecretClient()),
                    crypto.copyOf(parameters.getTrafficSecretServer()));
        }

        /** RFC 5246, 6.3. */
        private RecordKeys keys12(AeadSuite aead) {
            int key = aead.keySize();
            int iv = aead.fixedIv12();
            byte[] seed = new WireOutput()
                    .raw(parameters.getServerRandom())
                    .raw(parameters.getClientRandom())
                    .toByteArray();
            byte[] block = TlsUtils.PRF(parameters, parameters.getMasterSecret(), KEY_EXPANSION, seed, 2 * (key + iv))
                    .extract();
            return new RecordKeys.Tls12(
                    aead,
                    slice(block, 0, key),
                    slice(block, 2 * key, iv),
                    slice(block, key, key),
                    slice(block, 2 * key + iv, iv));
        }

        private static byte[] slice(byte[] from, int at, int length) {
            return java.util.Arrays.copyOfRange(from, at, at + length);
        }

        /** @param transcriptHash up to and with the client's Finished */
        void resumption(byte[] transcriptHash) {
            Hkdf hkdf = Hkdf.of(parameters.getPRFCryptoHashAlgorithm());
            byte[] secret = hkdf.expandLabel(
                    crypto.copyOf(parameters.getMasterSecret()), "res master", transcriptHash, hkdf.size());
            resumption = new Resumption(hkdf, parameters.getPRFAlgorithm(), secret);
        }

        HandshakeOutcome build(BrowserClient client, Instant now) throws IOException {
            TlsFacts facts = new TlsFacts(tls13 ? "TLSv1.3" : "TLSv1.2", suite, alpn, resumed, hello);
            Instant peerValidUntil = client.peerValidUntil();
            ResumptionMaster master = resumption == null
                    ? null
                    : new ResumptionMaster(resumption.hkdf, resumption.prf, resumption.secret, peerValidUntil);
            SessionTicket.Tls12 ticket =
                    resumed && client.ticket12() == null ? client.resumed12() : ticket12(client, now);
            return new HandshakeOutcome(facts, keys, master, ticket, writeLimit);
        }

        private static SessionTicket.@Nullable Tls12 ticket12(BrowserClient client, Instant now) {
            NewSessionTicket ticket = client.ticket12();
            TlsSession session = client.session();
            if (ticket == null || session == null || ticket.getTicket().length == 0) {
                return null;
            }
            SessionParameters exported = session.exportSessionParameters();
            if (exported == null || !exported.isExtendedMasterSecret()) {
                return null;
            }
            long hint = ticket.getTicketLifetimeHint();
            Instant expires =
                    SessionTicket.expiry(now, hint == 0 ? UNSPECIFIED_LIFETIME : hint, client.peerValidUntil());
            return new SessionTicket.Tls12(ticket.getTicket(), exported, expires, client.peerValidUntil());
        }
    }
}
