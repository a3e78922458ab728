package io.hotpool.server.learn;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHello.RawExtension;
import io.hotpool.pool.profile.BrowserProfile;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a lesson reads of the extensions of a hello. */
final class HelloExtensions {
    static final int SERVER_NAME = 0;
    static final int SUPPORTED_GROUPS = 10;
    static final int SIGNATURE_ALGORITHMS = 13;
    static final int ALPN = 16;
    static final int PADDING = 21;
    static final int SESSION_TICKET = 35;
    static final int PRE_SHARED_KEY = 41;
    static final int EARLY_DATA = 42;
    static final int SUPPORTED_VERSIONS = 43;
    static final int COOKIE = 44;
    static final int KEY_SHARE = 51;
    static final int ALPS_OLD = 17513;
    static final int ALPS = 17613;
    static final int ECH = 65037;

    /** Those whose content is made anew for every hello, or is a list with GREASE in it. */
    static final Set<Integer> UNDERSTOOD = Set.of(
            SERVER_NAME,
            SUPPORTED_GROUPS,
            SIGNATURE_ALGORITHMS,
            ALPN,
            PADDING,
            SESSION_TICKET,
            PRE_SHARED_KEY,
            EARLY_DATA,
            SUPPORTED_VERSIONS,
            COOKIE,
            KEY_SHARE,
            ALPS_OLD,
            ALPS,
            ECH);

    /** What one encrypted_client_hello shows (RFC 9849, 5). */
    record Ech(int kdf, int aead, int encLength, int payloadLength) {}

    private HelloExtensions() {}

    /** GREASE values are drawn anew on every connection: only their places count. */
    static List<Integer> placed(List<Integer> codes) {
        return codes.stream().map(HelloExtensions::placed).toList();
    }

    static int placed(int code) {
        return ClientHello.isGrease(code) ? BrowserProfile.GREASE : code;
    }

    static List<String> protocols(RawExtension raw) {
        ByteBuffer body = ByteBuffer.wrap(raw.data());
        List<String> protocols = new ArrayList<>();
        try {
            body.getShort();
            while (body.hasRemaining()) {
                byte[] name = new byte[Byte.toUnsignedInt(body.get())];
                body.get(name);
                protocols.add(new String(name, StandardCharsets.ISO_8859_1));
            }
        } catch (BufferUnderflowException e) {
            throw new LearnException("extension " + raw.type() + ": not a list of protocols");
        }
        return protocols;
    }

    static Ech ech(RawExtension raw) {
        ByteBuffer body = ByteBuffer.wrap(raw.data());
        try {
            body.get(); // outer
            int kdf = Short.toUnsignedInt(body.getShort());
            int aead = Short.toUnsignedInt(body.getShort());
            body.get(); // config id
            int encLength = Short.toUnsignedInt(body.getShort());
            body.position(body.position() + encLength);
            return new Ech(kdf, aead, encLength, Short.toUnsignedInt(body.getShort()));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new LearnException("extension " + ECH + ": not the encrypted_client_hello of an outer hello");
        }
    }
}
