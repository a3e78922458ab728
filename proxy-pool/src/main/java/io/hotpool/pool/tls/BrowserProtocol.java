package io.hotpool.pool.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.Vector;
import java.util.random.RandomGenerator;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateVerify;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.KeyShareEntry;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.ServerHello;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsKeyExchange;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsAgreement;
import org.jspecify.annotations.Nullable;

/**
 * BouncyCastle's handshake with a browser's ClientHello, and with what a browser does and BouncyCastle does not: compressed
 * certificates, ALPS, tickets of TLS 1.3, delegated credentials, strict schemes. Relies on the order of calls inside bctls
 * 1.84 (see the golden tests). Confined to one thread at a time.
 */
final class BrowserProtocol extends TlsClientProtocol {
    /** Bytes of application data in a record (RFC 8446, 5.1). */
    static final int MAX_PLAINTEXT = 1 << 14;

    private final HandshakeSpec spec;
    private final BrowserCrypto crypto;
    private final BrowserClient client;
    private final ClientHelloWriter writer;
    private final InstantSource clock;
    private final KeyLog keyLog;
    private final Transcript transcript;

    private @Nullable Hello hello;
    private byte[] helloBody = new byte[0];
    private int applicationSettings;
    private int writeLimit = MAX_PLAINTEXT;
    private @Nullable HandshakeOutcome outcome;

    BrowserProtocol(
            HandshakeSpec spec,
            BrowserCrypto crypto,
            BrowserClient client,
            RandomGenerator random,
            InstantSource clock,
            KeyLog keyLog) {
        this.spec = spec;
        this.crypto = crypto;
        this.client = client;
        this.writer = new ClientHelloWriter(spec.shape(), random);
        this.clock = clock;
        this.keyLog = keyLog;
        this.transcript = new Transcript(crypto);
    }

    void start() throws IOException {
        connect(client);
    }

    /** Null until the handshake is complete. */
    @Nullable
    HandshakeOutcome outcome() {
        return outcome;
    }

    // The hellos.

    @Override
    protected void sendClientHelloMessage() throws IOException {
        Map<Integer, byte[]> extensions = offeredExtensions();
        if (hello == null) {
            firstHello(extensions);
        } else {
            secondHello(extensions);
        }
        super.sendClientHelloMessage();
    }

    private void firstHello(Map<Integer, byte[]> extensions) throws IOException {
        int bindersSize = clientHello.getBindersSize();
        Hello first = writer.first(new HelloInput(
                clientHello.getRandom(),
                clientHello.getSessionID(),
                spec.serverName(),
                spec.offersTls13() ? keyShares() : Map.of(),
                spec.ticket() instanceof SessionTicket.Tls12 ticket && client.sessionOffered()
                        ? ticket.ticket()
                        : new byte[0],
                identities(extensions),
                bindersSize,
                spec.forms()));
        hello = first;
        for (Hello.Extension extension : first.extensions()) {
            offer(extensions, extension);
        }
        clientHello = new RawClientHello(clientHello, first, bindersSize);
    }

    /** What the server may answer, in BouncyCastle's table. */
    private static void offer(Map<Integer, byte[]> extensions, Hello.Extension extension) {
        boolean keptAsIs = extension.type() == ExtensionTypes.KEY_SHARE
                || extension.type() == ExtensionTypes.PRE_SHARED_KEY
                || extension.type() == ExtensionTypes.SUPPORTED_VERSIONS
                || extension.type() == ExtensionTypes.SUPPORTED_GROUPS
                || extension.type() == ExtensionTypes.SIGNATURE_ALGORITHMS;
        if (!keptAsIs && !Grease.isReserved(extension.type())) {
            extensions.put(extension.type(), extension.data());
        }
    }

    private void secondHello(Map<Integer, byte[]> extensions) {
        byte[] identities = identities(extensions);
        int bindersSize = identities == null ? 0 : clientHello.getBindersSize();
        Hello second = writer.second(
                Objects.requireNonNull(hello),
                extensions.get(ExtensionTypes.KEY_SHARE),
                extensions.get(ExtensionTypes.COOKIE),
                identities,
                bindersSize);
        hello = second;
        clientHello = new RawClientHello(clientHello, second, bindersSize);
    }

    /** Null when no ticket is offered, or it no longer fits the suite of a HelloRetryRequest. */
    private byte @Nullable [] identities(Map<Integer, byte[]> extensions) {
        return extensions.containsKey(ExtensionTypes.PRE_SHARED_KEY)
                        && spec.ticket() instanceof SessionTicket.Tls13 ticket
                ? ticket.identities(clock.instant())
                : null;
    }

    private Map<Integer, byte[]> keyShares() throws IOException {
        Map<Integer, byte[]> shares = new LinkedHashMap<>();
        Vector<?> entries = TlsExtensionsUtils.getKeyShareClientHello(clientHello.getExtensions());
        for (Object entry : entries) {
            KeyShareEntry share = (KeyShareEntry) entry;
            shares.put(share.getNamedGroup(), share.getKeyExchange());
        }
        if (spec.shape().sharedX25519()) {
            shareX25519(shares);
        }
        return shares;
    }

    private void shareX25519(Map<Integer, byte[]> shares) throws IOException {
        byte[] key = shares.get(NamedGroup.x25519);
        if (key == null || !shares.containsKey(NamedGroup.X25519MLKEM768)) {
            return;
        }
        Map<Integer, TlsAgreement> agreements = agreements();
        SharedX25519 shared = new SharedX25519(crypto, agreements.get(NamedGroup.x25519), key);
        shares.put(NamedGroup.X25519MLKEM768, shared.generateEphemeral());
        agreements.put(NamedGroup.X25519MLKEM768, shared);
    }

    // The server's answers.

    @Override
    protected void handleHandshakeMessage(short type, HandshakeMessageInput message) throws IOException {
        transcript.received(type, message);
        if (renewsTicket(type)) {
            receiveNewSessionTicket(message);
            return;
        }
        super.handleHandshakeMessage(type, message);
    }

    /** RFC 5077, 3.3: a server may send a new ticket while it resumes; BouncyCastle does not expect it. */
    private boolean renewsTicket(short type) {
        return type == HandshakeType.new_session_ticket
                && connection_state == CS_SERVER_HELLO
                && expectSessionTicketOnResumption
                && client.ticket12() == null;
    }

    private boolean expectSessionTicketOnResumption;

    @Override
    protected void processServerHello(ServerHello serverHello) throws IOException {
        super.processServerHello(serverHello);
        SecurityParameters parameters = getContext().getSecurityParametersHandshake();
        if (TlsUtils.isTLSv13(parameters.getNegotiatedVersion())) {
            return;
        }
        Map<Integer, byte[]> extensions = typed(serverExtensions);
        ServerExtensionCheck.tls12(extensions);
        ServerExtensionCheck.alpn(parameters.getApplicationProtocol(), offeredProtocols());
        writeLimit = ServerExtensionCheck.recordSizeLimit(extensions, MAX_PLAINTEXT);
        expectSessionTicketOnResumption =
                parameters.isResumedSession() && extensions.containsKey(ExtensionTypes.SESSION_TICKET);
    }

    @Override
    protected void process13ServerHelloCoda(ServerHello serverHello, boolean afterRetry) throws IOException {
        super.process13ServerHelloCoda(serverHello, afterRetry);
        SecurityParameters parameters = getContext().getSecurityParametersHandshake();
        keyLog.write("CLIENT_HANDSHAKE_TRAFFIC_SECRET", parameters, crypto, parameters.getTrafficSecretClient());
        keyLog.write("SERVER_HANDSHAKE_TRAFFIC_SECRET", parameters, crypto, parameters.getTrafficSecretServer());
    }

    @Override
    protected void receive13EncryptedExtensions(ByteArrayInputStream message) throws IOException {
        EncryptedExtensions received = EncryptedExtensions.read(message.readAllBytes());
        boolean limited = received.recordSizeLimit() != null && offered(ExtensionTypes.RECORD_SIZE_LIMIT) != null;
        super.receive13EncryptedExtensions(
                new ByteArrayInputStream(limited ? received.withoutRecordSizeLimit() : received.message()));
        SecurityParameters parameters = getContext().getSecurityParametersHandshake();
        Map<Integer, byte[]> extensions = typed(serverExtensions);
        if (limited) {
            extensions.put(ExtensionTypes.RECORD_SIZE_LIMIT, received.recordSizeLimit());
        }
        ServerExtensionCheck.tls13(extensions);
        ServerExtensionCheck.alpn(parameters.getApplicationProtocol(), offeredProtocols());
        // RFC 8449, section 4: the limit counts the byte of the content type.
        writeLimit = ServerExtensionCheck.recordSizeLimit(extensions, MAX_PLAINTEXT + 1) - 1;
        if (extensions.containsKey(ExtensionTypes.APPLICATION_SETTINGS)) {
            applicationSettings = ExtensionTypes.APPLICATION_SETTINGS;
        } else if (extensions.containsKey(ExtensionTypes.APPLICATION_SETTINGS_OLD)) {
            applicationSettings = ExtensionTypes.APPLICATION_SETTINGS_OLD;
        }
        if (applicationSettings != 0 && parameters.getApplicationProtocol() == null) {
            throw new TlsFatalAlert(
                    AlertDescription.unsupported_extension, "sent application settings for no protocol");
        }
    }

    @Override
    protected void handle13HandshakeMessage(short type, HandshakeMessageInput message) throws IOException {
        if (type != HandshakeType.compressed_certificate) {
            super.handle13HandshakeMessage(type, message);
            return;
        }
        // RFC 8879, section 4: in the place of Certificate; hashed as it came.
        if (connection_state == CS_SERVER_ENCRYPTED_EXTENSIONS) {
            skip13CertificateRequest();
        } else if (connection_state != CS_SERVER_CERTIFICATE_REQUEST) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message);
        }
        byte[] certificate = CompressedCertificate.decode(message.readAllBytes(), offeredCompressions());
        receive13ServerCertificate(new ByteArrayInputStream(certificate));
        connection_state = CS_SERVER_CERTIFICATE;
    }

    @Override
    protected void receive13ServerCertificateVerify(ByteArrayInputStream message) throws IOException {
        byte[] body = message.readAllBytes();
        SecurityParameters parameters = getContext().getSecurityParametersHandshake();
        Certificate chain = parameters.getPeerCertificate();
        byte[] credential = delegatedCredential(chain);
        CertificateVerify verify = CertificateVerify.parse(getContext(), new ByteArrayInputStream(body));
        if (credential != null) {
            byte[] hash = transcript.hashBeforeLast(parameters.getPRFCryptoHashAlgorithm());
            DelegatedCredential.parse(credential)
                    .verify(
                            crypto,
                            chain.getCertificateAt(0),
                            clock.instant(),
                            offeredCredentialSchemes(),
                            hash,
                            verify);
            return;
        }
        SubjectPublicKeyInfo key = org.bouncycastle.asn1.x509.Certificate.getInstance(
                        chain.getCertificateAt(0).getEncoded())
                .getSubjectPublicKeyInfo();
        SignatureSchemePolicy.check(verify.getAlgorithm(), key);
        super.receive13ServerCertificateVerify(new ByteArrayInputStream(body));
    }

    private static byte @Nullable [] delegatedCredential(@Nullable Certificate chain) {
        if (chain == null || chain.isEmpty()) {
            return null;
        }
        Hashtable<?, ?> extensions = chain.getCertificateEntryAt(0).getExtensions();
        return extensions == null ? null : (byte[]) extensions.get(ExtensionTypes.DELEGATED_CREDENTIAL);
    }

    // The client's Finished, and after it.

    @Override
    protected void send13CertificateMessage(Certificate certificate) throws IOException {
        sendApplicationSettings();
        super.send13CertificateMessage(certificate);
    }

    @Override
    protected void send13FinishedMessage() throws IOException {
        sendApplicationSettings();
        super.send13FinishedMessage();
    }

    /** In EncryptedExtensions of the client, before anything else that it sends (draft-vvv-tls-alps, 4). */
    private void sendApplicationSettings() throws IOException {
        if (applicationSettings != 0) {
            byte[] empty = new WireOutput().u16(applicationSettings).u16(0).toByteArray();
            applicationSettings = 0;
            send(
                    HandshakeType.encrypted_extensions,
                    new WireOutput().vector16(empty).toByteArray());
        }
    }

    private void send(short type, byte[] body) throws IOException {
        TlsKeyExchange saved = keyExchange;
        keyExchange = new RawHandshakeMessage(type, body);
        try {
            sendClientKeyExchange();
        } finally {
            keyExchange = saved;
        }
    }

    @Override
    protected void safeWriteRecord(short type, byte[] data, int offset, int length) throws IOException {
        if (type == ContentType.handshake && outcome == null) {
            transcript.sent(data, offset, length);
            if (helloBody.length == 0) {
                helloBody = java.util.Arrays.copyOfRange(data, offset, offset + length);
            }
        }
        super.safeWriteRecord(type, data, offset, length);
    }

    @Override
    protected void completeHandshake() throws IOException {
        SecurityParameters parameters = getContext().getSecurityParametersHandshake();
        HandshakeOutcome.Builder builder = new HandshakeOutcome.Builder(parameters, crypto, helloBody);
        builder.writeLimit(writeLimit);
        builder.keys();
        if (TlsUtils.isTLSv13(parameters.getNegotiatedVersion())) {
            builder.resumption(transcript.hash(parameters.getPRFCryptoHashAlgorithm()));
            builder.resumed(client.ticketSelected());
            keyLog.write("CLIENT_TRAFFIC_SECRET_0", parameters, crypto, parameters.getTrafficSecretClient());
            keyLog.write("SERVER_TRAFFIC_SECRET_0", parameters, crypto, parameters.getTrafficSecretServer());
            keyLog.write("EXPORTER_SECRET", parameters, crypto, parameters.getExporterMasterSecret());
        } else {
            builder.resumed(parameters.isResumedSession());
            keyLog.write("CLIENT_RANDOM", parameters, crypto, parameters.getMasterSecret());
        }
        super.completeHandshake();
        outcome = builder.build(client, clock.instant());
    }

    // What the hello offered.

    private Set<String> offeredProtocols() {
        Set<String> names = new LinkedHashSet<>();
        byte[] list = offered(ExtensionTypes.ALPN);
        for (int i = 2; i < list.length; i += 1 + (list[i] & 0xff)) {
            names.add(new String(list, i + 1, list[i] & 0xff, StandardCharsets.UTF_8));
        }
        return names;
    }

    private Set<Integer> offeredCompressions() {
        return codes(offered(ExtensionTypes.COMPRESS_CERTIFICATE), 1);
    }

    private Set<Integer> offeredCredentialSchemes() {
        return codes(offered(ExtensionTypes.DELEGATED_CREDENTIAL), 2);
    }

    private static Set<Integer> codes(byte[] list, int from) {
        Set<Integer> codes = new LinkedHashSet<>();
        for (int i = from; i + 1 < list.length; i += 2) {
            codes.add((list[i] & 0xff) << 8 | list[i + 1] & 0xff);
        }
        return codes;
    }

    private byte[] offered(int type) {
        byte[] data = hello == null ? null : hello.extension(type);
        return data == null ? new byte[0] : data;
    }

    // BouncyCastle's tables have no type parameters.

    @SuppressWarnings("unchecked")
    private Map<Integer, byte[]> offeredExtensions() {
        return clientHello.getExtensions();
    }

    @SuppressWarnings("unchecked")
    private Map<Integer, TlsAgreement> agreements() {
        return clientAgreements;
    }

    @SuppressWarnings("unchecked")
    private static Map<Integer, byte[]> typed(@Nullable Hashtable<?, ?> extensions) {
        return extensions == null ? Map.of() : (Hashtable<Integer, byte[]>) extensions;
    }
}
