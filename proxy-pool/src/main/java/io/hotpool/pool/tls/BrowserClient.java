package io.hotpool.pool.tls;

import io.hotpool.pool.ClientCertificate;
import io.hotpool.pool.fault.Fault;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.NewSessionTicket;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSK;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.jspecify.annotations.Nullable;

/**
 * What BouncyCastle asks of a client: the offer in its own terms, so that it judges the server's choices, and the check of
 * the certificate. Confined to one handshake.
 */
final class BrowserClient extends AbstractTlsClient {
    private static final int SESSION_ID = 32;

    private final BrowserCrypto crypto;
    private final HandshakeSpec spec;
    private final PeerVerifier verifier;
    private final List<Integer> cipherSuites;

    private boolean ticketSelected;
    private boolean sessionOffered;
    private Instant peerValidUntil;
    private @Nullable NewSessionTicket ticket12;
    private @Nullable TlsSession session;

    BrowserClient(BrowserCrypto crypto, HandshakeSpec spec, PeerVerifier verifier) {
        super(crypto);
        this.crypto = crypto;
        this.spec = spec;
        this.verifier = verifier;
        this.cipherSuites = SoundSuites.of(spec.cipherSuites());
        this.peerValidUntil =
                spec.ticket() == null ? Instant.MAX : spec.ticket().peerValidUntil();
    }

    /** True when the server took the TLS 1.3 ticket. */
    boolean ticketSelected() {
        return ticketSelected;
    }

    /** True when a TLS 1.2 session goes into the hello. */
    boolean sessionOffered() {
        return sessionOffered;
    }

    /** Until when the certificate behind this connection is valid, this time's or that of the resumed session. */
    Instant peerValidUntil() {
        return peerValidUntil;
    }

    @Nullable
    NewSessionTicket ticket12() {
        return ticket12;
    }

    /** The TLS 1.2 ticket of the hello. */
    SessionTicket.@Nullable Tls12 resumed12() {
        return spec.ticket() instanceof SessionTicket.Tls12 ticket ? ticket : null;
    }

    @Nullable
    TlsSession session() {
        return session;
    }

    // The offer.

    @Override
    public ProtocolVersion[] getProtocolVersions() {
        if (!spec.offersTls13()) {
            return ProtocolVersion.TLSv12.only();
        }
        return spec.offersTls12()
                ? ProtocolVersion.TLSv13.downTo(ProtocolVersion.TLSv12)
                : ProtocolVersion.TLSv13.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return cipherSuites.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public int[] getCipherSuites() {
        return getSupportedCipherSuites();
    }

    @Override
    public Hashtable<Integer, byte[]> getClientExtensions() {
        Hashtable<Integer, byte[]> extensions = new Hashtable<>();
        putCodes(extensions, ExtensionTypes.SUPPORTED_GROUPS);
        putCodes(extensions, ExtensionTypes.SIGNATURE_ALGORITHMS);
        if (spec.offers(ExtensionTypes.RENEGOTIATION_INFO)) {
            extensions.put(ExtensionTypes.RENEGOTIATION_INFO, new byte[1]);
        }
        return extensions;
    }

    private void putCodes(Hashtable<Integer, byte[]> extensions, int type) {
        WireOutput list = new WireOutput();
        spec.codes(type).forEach(list::u16);
        extensions.put(type, new WireOutput().vector16(list.toByteArray()).toByteArray());
    }

    @Override
    public Vector<Integer> getEarlyKeyShareGroups() {
        return new Vector<>(spec.keyShareGroups());
    }

    @Override
    public boolean shouldUseExtendedMasterSecret() {
        return spec.offers(ExtensionTypes.EXTENDED_MASTER_SECRET);
    }

    @Override
    public boolean shouldUseCompatibilityMode() {
        return spec.shape().sessionId() == SESSION_ID;
    }

    @Override
    public @Nullable Vector<TlsPSK> getExternalPSKs() {
        if (!(spec.ticket() instanceof SessionTicket.Tls13 ticket)) {
            return null;
        }
        crypto.offerTicket();
        Vector<TlsPSK> keys = new Vector<>();
        keys.add(new BasicTlsPSKExternal(ticket.identity(), crypto.createSecret(ticket.key()), ticket.prf()));
        return keys;
    }

    @Override
    public short[] getPskKeyExchangeModes() {
        return new short[] {PskKeyExchangeMode.psk_dhe_ke};
    }

    @Override
    public @Nullable TlsSession getSessionToResume() {
        if (!(spec.ticket() instanceof SessionTicket.Tls12 ticket)) {
            return null;
        }
        byte[] id = new byte[SESSION_ID];
        crypto.getSecureRandom().nextBytes(id);
        return TlsUtils.importSession(id, ticket.session().copy());
    }

    @Override
    public void notifySessionToResume(@Nullable TlsSession offered) {
        sessionOffered = offered != null;
    }

    // The server's choices.

    @Override
    public void notifySelectedPSK(@Nullable TlsPSK selected) {
        ticketSelected = selected != null;
    }

    /** The hook of the protocol checks them, in both versions and for resumed sessions too. */
    @Override
    public void processServerExtensions(@SuppressWarnings("rawtypes") @Nullable Hashtable serverExtensions) {}

    /** RFC 5746 is old enough to be asked for, but some servers still go without: renegotiation is refused anyway. */
    @Override
    public void notifySecureRenegotiation(boolean secure) {}

    @Override
    public void notifyNewSessionTicket(NewSessionTicket ticket) {
        ticket12 = ticket;
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        session = context.getSession();
    }

    /** Browsers limit the size of the message only; a mesh of cross-signed authorities is longer than BouncyCastle's ten. */
    @Override
    public int getMaxCertificateChainLength() {
        return 64;
    }

    @Override
    public int getMaxHandshakeMessageSize() {
        return CompressedCertificate.LIMIT;
    }

    @Override
    public boolean requiresCloseNotify() {
        return false;
    }

    @Override
    public TlsAuthentication getAuthentication() {
        return new TlsAuthentication() {
            @Override
            public void notifyServerCertificate(TlsServerCertificate certificate) throws IOException {
                verify(certificate);
            }

            @Override
            public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
                ClientCertificate certificate = spec.request().certificate();
                return certificate == null ? null : ClientCredentials.of(certificate, request, context, crypto);
            }
        };
    }

    private void verify(TlsServerCertificate server) throws IOException {
        List<byte[]> chain = new ArrayList<>();
        for (TlsCertificate certificate : server.getCertificate().getCertificateList()) {
            chain.add(certificate.getEncoded());
        }
        if (!spec.request().verify()) {
            return;
        }
        try {
            peerValidUntil = verifier.verify(chain, spec.request().origin().host());
        } catch (Fault e) {
            throw new TlsFatalAlert(AlertDescription.bad_certificate, e);
        }
    }
}
