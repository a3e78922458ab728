package io.hotpool.pool.fingerprint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A parsed ClientHello (RFC 8446, 4.1.2): what was sent, in its order, GREASE included.
 *
 * @param recordVersion version of the first TLS record; -1 when the message came without records
 * @param length of the handshake message with its header
 * @param compressionMethods usually 0 alone
 */
public record ClientHello(
        int recordVersion,
        int length,
        int legacyVersion,
        byte[] random,
        byte[] sessionId,
        List<Integer> cipherSuites,
        List<Integer> compressionMethods,
        List<RawExtension> extensions) {

    static final int SERVER_NAME = 0;
    static final int SUPPORTED_GROUPS = 10;
    static final int POINT_FORMATS = 11;
    static final int SIGNATURE_ALGORITHMS = 13;
    static final int ALPN = 16;
    static final int SUPPORTED_VERSIONS = 43;
    static final int KEY_SHARE = 51;

    /** @param data body without type and length */
    public record RawExtension(int type, byte[] data) {}

    public static boolean isGrease(int code) {
        return (code & 0x0f0f) == 0x0a0a && code >> 8 == (code & 0xff);
    }

    static List<Integer> withoutGrease(List<Integer> codes) {
        return codes.stream().filter(c -> !isGrease(c)).toList();
    }

    public Optional<RawExtension> extension(int type) {
        return extensions.stream().filter(e -> e.type() == type).findFirst();
    }

    public List<Integer> extensionTypes() {
        return extensions.stream().map(RawExtension::type).toList();
    }

    /** server_name; empty when there is none. */
    public Optional<String> serverName() {
        return extension(SERVER_NAME)
                .filter(e -> e.data().length > 0)
                .map(e -> ExtensionReader.serverName(new ByteReader(e.data())));
    }

    public List<Integer> groups() {
        return codes(SUPPORTED_GROUPS, ExtensionReader::codes16);
    }

    public List<Integer> pointFormats() {
        return codes(POINT_FORMATS, ExtensionReader::bytes8);
    }

    public List<Integer> signatureAlgorithms() {
        return codes(SIGNATURE_ALGORITHMS, ExtensionReader::codes16);
    }

    public List<Integer> supportedVersions() {
        return codes(SUPPORTED_VERSIONS, ExtensionReader::codes8);
    }

    public List<Integer> keyShareGroups() {
        return codes(KEY_SHARE, reader -> {
            List<Integer> groups = new ArrayList<>();
            ExtensionReader.shares(reader).forEach(share -> groups.add(share.group()));
            return groups;
        });
    }

    /** ALPN protocol ids as bytes: they need not be text. */
    public List<byte[]> protocols() {
        return extension(ALPN)
                .map(e -> ExtensionReader.protocols(new ByteReader(e.data())))
                .orElse(List.of());
    }

    private List<Integer> codes(int type, Function<ByteReader, List<Integer>> read) {
        return extension(type).map(e -> read.apply(new ByteReader(e.data()))).orElse(List.of());
    }
}
