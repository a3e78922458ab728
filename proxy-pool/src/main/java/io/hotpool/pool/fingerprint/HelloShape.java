package io.hotpool.pool.fingerprint;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.TlsShape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The shape behind one ClientHello: what is drawn, filled in or follows from the occasion is taken out, all else stays as it
 * was sent. What one hello cannot tell, whether extensions are permuted or which lengths ECH GREASE has beside this one, is
 * taken as seen.
 */
public final class HelloShape {
    /** Groups whose shares can be made (RFC 8446, 4.2.7; RFC 7919; draft-ietf-tls-ecdhe-mlkem). */
    public static final Set<Integer> GROUPS =
            Set.of(23, 24, 25, 29, 30, 256, 257, 258, 259, 260, 0x11eb, 0x11ec, 0x11ed);

    /** Protocols that hotpool speaks; a server that takes another one is refused. */
    private static final Set<String> SPOKEN = Set.of("h2", "http/1.1");

    /** Certificate compression that can be undone (RFC 8879): zlib, brotli, zstd. */
    private static final Set<Integer> COMPRESSIONS = Set.of(1, 2, 3);

    /** Extensions that ask the client for more than hotpool does, once the server agrees. */
    private static final Map<Integer, String> BINDING = Map.of(
            1, "max_fragment_length",
            15, "heartbeat",
            19, "client_certificate_type",
            20, "server_certificate_type",
            24, "token_binding",
            57, "quic_transport_parameters",
            30031, "channel_id (old)",
            30032, "channel_id");

    private static final int TLS12 = 0x0303;
    private static final int TLS13 = 0x0304;
    private static final int SERVER_NAME = 0;
    private static final int PADDING = 21;
    private static final int COMPRESS_CERTIFICATE = 27;
    private static final int SESSION_TICKET = 35;
    private static final int PRE_SHARED_KEY = 41;
    private static final int EARLY_DATA = 42;
    private static final int COOKIE = 44;
    private static final int PSK_MODES = 45;
    private static final int ALPS_OLD = 17513;
    private static final int ALPS = 17613;
    private static final int ECH = 65037;
    private static final int X25519 = 29;
    private static final int X25519MLKEM768 = 0x11ec;

    private HelloShape() {}

    /**
     * @throws MalformedInputException when the hello offers what hotpool cannot send, or could not keep when a server takes
     *     it; the message says what
     */
    public static TlsShape of(ClientHello hello) {
        require(hello.legacyVersion() == TLS12, () -> "version: older than TLS 1.2");
        require(hello.compressionMethods().equals(List.of(0)), () -> "compression_methods: more than null");
        require(hello.sessionId().length % 32 == 0, () -> "session_id: " + hello.sessionId().length + " bytes");
        require(!hello.groups().isEmpty(), () -> "supported_groups: none");
        require(!hello.signatureAlgorithms().isEmpty(), () -> "signature_algorithms: none");
        boolean tls13 = hello.extension(ClientHello.SUPPORTED_VERSIONS).isPresent();
        require(
                tls13 == hello.extension(ClientHello.KEY_SHARE).isPresent(),
                () -> "supported_versions and key_share: one without the other");
        require(
                !tls13
                        || hello.supportedVersions().contains(TLS13)
                        || hello.supportedVersions().contains(TLS12),
                () -> "supported_versions: neither TLS 1.3 nor TLS 1.2");
        long grease =
                hello.extensionTypes().stream().filter(ClientHello::isGrease).count();
        require(grease <= 2, () -> grease + " GREASE extensions");
        List<Extension> extensions = new ArrayList<>();
        for (ClientHello.RawExtension extension : hello.extensions()) {
            if (!ofTheOccasion(extension.type())) {
                extensions.add(extension(extension, hello));
            }
        }
        return new TlsShape(
                placeholders(hello.cipherSuites()),
                List.copyOf(extensions),
                false,
                sharesX25519(hello),
                hello.sessionId().length,
                hello.recordVersion() == TLS12 ? TlsShape.TLS12 : TlsShape.TLS10,
                Map.of());
    }

    /** Sent when there is a session to resume, or after a HelloRetryRequest. */
    private static boolean ofTheOccasion(int type) {
        return type == PRE_SHARED_KEY || type == EARLY_DATA || type == COOKIE;
    }

    private static Extension extension(ClientHello.RawExtension raw, ClientHello hello) {
        String binding = BINDING.get(raw.type());
        require(binding == null, () -> "extension " + raw.type() + ": " + binding);
        if (ClientHello.isGrease(raw.type())) {
            return new Extension.Fixed(BrowserProfile.GREASE, raw.data());
        }
        ByteReader body = new ByteReader(raw.data());
        return switch (raw.type()) {
            case SERVER_NAME, SESSION_TICKET -> new Extension.Filled(raw.type());
            case ClientHello.SUPPORTED_GROUPS -> new Extension.Codes(raw.type(), placeholders(hello.groups()));
            case ClientHello.SIGNATURE_ALGORITHMS ->
                new Extension.Codes(raw.type(), placeholders(hello.signatureAlgorithms()));
            case ClientHello.SUPPORTED_VERSIONS ->
                new Extension.Codes(raw.type(), placeholders(hello.supportedVersions()));
            case ClientHello.ALPN, ALPS, ALPS_OLD -> new Extension.Protocols(raw.type(), protocols(body));
            case ClientHello.KEY_SHARE -> keyShares(hello.keyShareGroups());
            case PADDING -> new Extension.Padding(raw.type(), hello.length());
            case ECH -> echGrease(body);
            case COMPRESS_CERTIFICATE -> compressions(raw, body);
            case PSK_MODES -> pskModes(raw, body);
            default -> new Extension.Fixed(raw.type(), raw.data());
        };
    }

    private static List<String> protocols(ByteReader body) {
        List<String> names = ExtensionReader.protocols(body).stream()
                .map(name -> new String(name, StandardCharsets.ISO_8859_1))
                .toList();
        boolean text = names.stream().allMatch(name -> name.chars().allMatch(c -> c > ' ' && c <= '~'));
        require(text && names.stream().anyMatch(SPOKEN::contains), () -> "application protocols: " + names);
        return names;
    }

    private static Extension keyShares(List<Integer> groups) {
        for (int group : groups) {
            require(
                    ClientHello.isGrease(group) || GROUPS.contains(group),
                    () -> String.format("key_share: group 0x%04x", group));
        }
        return new Extension.KeyShares(ClientHello.KEY_SHARE, placeholders(groups));
    }

    /** RFC 9849, 5: the outer form; a real one looks the same, and is answered by GREASE of its lengths. */
    private static Extension echGrease(ByteReader body) {
        require(body.u8("ech type") == 0, () -> "encrypted_client_hello: not the outer form");
        int kdf = body.u16("ech kdf");
        int aead = body.u16("ech aead");
        body.u8("ech config id");
        int enc = body.vector16("ech enc").left();
        int payload = body.vector16("ech payload").left();
        body.end("encrypted_client_hello");
        return new Extension.EchGrease(ECH, kdf, List.of(aead), enc, List.of(payload));
    }

    private static Extension compressions(ClientHello.RawExtension raw, ByteReader body) {
        List<Integer> codes = ExtensionReader.codes8(body);
        require(COMPRESSIONS.containsAll(codes), () -> "compress_certificate: " + codes);
        return new Extension.Fixed(raw.type(), raw.data());
    }

    /** A ticket without a key exchange is not taken from a server, and so not offered. */
    private static Extension pskModes(ClientHello.RawExtension raw, ByteReader body) {
        require(ExtensionReader.bytes8(body).contains(1), () -> "psk_key_exchange_modes: no psk_dhe_ke");
        return new Extension.Fixed(raw.type(), raw.data());
    }

    /** NSS: the end of the hybrid share is the separate X25519 share. */
    private static boolean sharesX25519(ClientHello hello) {
        byte[] hybrid = new byte[0];
        byte[] single = new byte[0];
        byte[] list = hello.extension(ClientHello.KEY_SHARE)
                .map(ClientHello.RawExtension::data)
                .orElse(new byte[2]);
        ByteReader shares = new ByteReader(list).vector16("key shares");
        while (shares.hasMore()) {
            int group = shares.u16("key share group");
            byte[] key = shares.vector16("key share").rest();
            hybrid = group == X25519MLKEM768 ? key : hybrid;
            single = group == X25519 ? key : single;
        }
        int at = hybrid.length - single.length;
        return single.length > 0 && at > 0 && Arrays.equals(hybrid, at, hybrid.length, single, 0, single.length);
    }

    private static List<Integer> placeholders(List<Integer> codes) {
        return codes.stream()
                .map(code -> ClientHello.isGrease(code) ? BrowserProfile.GREASE : code)
                .toList();
    }

    private static void require(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new MalformedInputException(otherwise.get());
        }
    }
}
