package io.hotpool.server.capture;

import io.hotpool.pool.fingerprint.ClientHello;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A HelloRetryRequest (RFC 8446, 4.1.4) that asks for a group of which the hello has no share. */
final class HelloRetry {
    /** ServerHello.random of every HelloRetryRequest: SHA-256 of that name. */
    private static final byte[] RANDOM =
            HexFormat.of().parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

    private static final List<Integer> SUITES = List.of(0x1301, 0x1302, 0x1303);

    /** P-384, P-256, P-521, X25519. */
    private static final List<Integer> GROUPS = List.of(0x18, 0x17, 0x19, 0x1d);

    private static final int TLS_1_3 = 0x0304;

    private HelloRetry() {}

    /** One TLS record; empty when there is nothing to ask for. */
    static Optional<byte[]> of(ClientHello hello) {
        Optional<Integer> suite =
                hello.cipherSuites().stream().filter(SUITES::contains).findFirst();
        Optional<Integer> group = GROUPS.stream()
                .filter(hello.groups()::contains)
                .filter(g -> !hello.keyShareGroups().contains(g))
                .findFirst();
        return suite.isEmpty() || group.isEmpty() || !hello.supportedVersions().contains(TLS_1_3)
                ? Optional.empty()
                : Optional.of(record(hello.sessionId(), suite.get(), group.get()));
    }

    private static byte[] record(byte[] sessionId, int suite, int group) {
        int body = 2 + RANDOM.length + 1 + sessionId.length + 2 + 1 + 2 + 6 + 6;
        ByteBuffer out = ByteBuffer.allocate(5 + 4 + body);
        out.put((byte) 22).putShort((short) 0x0303).putShort((short) (4 + body));
        out.putInt(2 << 24 | body); // server_hello
        out.putShort((short) 0x0303).put(RANDOM);
        out.put((byte) sessionId.length).put(sessionId);
        out.putShort((short) suite).put((byte) 0);
        out.putShort((short) 12);
        out.putShort((short) 43).putShort((short) 2).putShort((short) TLS_1_3);
        out.putShort((short) 51).putShort((short) 2).putShort((short) group);
        return out.array();
    }
}
