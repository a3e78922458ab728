package io.hotpool.pool.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;

/** What a server may answer to a hello beyond what BouncyCastle checks (that the extension was asked for). */
final class ServerExtensionCheck {
    private static final Set<String> SPOKEN = Set.of("h2", "http/1.1");

    /** Older than ALPN, and not spoken here: a mirrored client may offer it. */
    private static final int NEXT_PROTOCOL = 13172;

    /** Least record_size_limit (RFC 8449, section 4). */
    private static final int LEAST_RECORD = 64;

    /** Extensions of TLS 1.3 and of the hello alone: never in a TLS 1.2 ServerHello. */
    private static final Set<Integer> NOT_IN_TLS12 = Set.of(
            ExtensionTypes.SIGNATURE_ALGORITHMS,
            NEXT_PROTOCOL,
            ExtensionTypes.COMPRESS_CERTIFICATE,
            ExtensionTypes.DELEGATED_CREDENTIAL,
            ExtensionTypes.PRE_SHARED_KEY,
            ExtensionTypes.SUPPORTED_VERSIONS,
            ExtensionTypes.COOKIE,
            ExtensionTypes.PSK_KEY_EXCHANGE_MODES,
            ExtensionTypes.KEY_SHARE,
            ExtensionTypes.APPLICATION_SETTINGS,
            ExtensionTypes.APPLICATION_SETTINGS_OLD,
            ExtensionTypes.ENCRYPTED_CLIENT_HELLO);

    /** Extensions of TLS 1.2, of certificates and of the hello alone: never in EncryptedExtensions (RFC 8446, 4.2). */
    private static final Set<Integer> NOT_IN_TLS13 = Set.of(
            11,
            ExtensionTypes.EXTENDED_MASTER_SECRET,
            ExtensionTypes.SESSION_TICKET,
            ExtensionTypes.DELEGATED_CREDENTIAL,
            ExtensionTypes.RENEGOTIATION_INFO);

    private ServerExtensionCheck() {}

    static void tls12(Map<Integer, byte[]> extensions) throws IOException {
        forbid(extensions, NOT_IN_TLS12, "its ServerHello");
    }

    static void tls13(Map<Integer, byte[]> extensions) throws IOException {
        forbid(extensions, NOT_IN_TLS13, "its EncryptedExtensions");
    }

    private static void forbid(Map<Integer, byte[]> extensions, Set<Integer> types, String where) throws IOException {
        for (int type : extensions.keySet()) {
            if (types.contains(type)) {
                throw new TlsFatalAlert(
                        AlertDescription.unsupported_extension,
                        "sent extension " + type + ", which does not belong into " + where);
            }
        }
    }

    /** RFC 7301, 3.1: the server chooses from the list. */
    static void alpn(@Nullable ProtocolName chosen, Set<String> offered) throws IOException {
        if (chosen == null) {
            return;
        }
        String name = new String(chosen.getBytes(), StandardCharsets.UTF_8);
        if (!offered.contains(name)) {
            throw new TlsFatalAlert(
                    AlertDescription.illegal_parameter, "chose the protocol '" + name + "', which was not offered");
        }
        if (!SPOKEN.contains(name)) {
            throw new TlsFatalAlert(
                    AlertDescription.no_application_protocol,
                    "chose the protocol '" + name + "', which is not spoken here");
        }
    }

    /** The server's record_size_limit; {@code otherwise} when it has none (RFC 8449). */
    static int recordSizeLimit(Map<Integer, byte[]> extensions, int otherwise) throws IOException {
        byte[] data = extensions.get(ExtensionTypes.RECORD_SIZE_LIMIT);
        if (data == null) {
            return otherwise;
        }
        int limit = data.length == 2 ? (data[0] & 0xff) << 8 | data[1] & 0xff : 0;
        if (limit < LEAST_RECORD) {
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, "sent a record_size_limit below 64");
        }
        return Math.min(limit, otherwise);
    }
}
