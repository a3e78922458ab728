package io.hotpool.server.selftest;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHello.RawExtension;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Contents of extensions as the comparison needs them. What is malformed reads as an empty list. */
final class Bytes {
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int KEY_SHARE = 51;
    private static final int X25519 = 0x001d;
    private static final int X25519_MLKEM768 = 0x11ec;
    private static final int X25519_LENGTH = 32;

    private Bytes() {}

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** A list of 16-bit codes behind its length: one byte in supported_versions, two elsewhere. */
    static List<Integer> codes(RawExtension extension) {
        ByteBuffer body = ByteBuffer.wrap(extension.data());
        List<Integer> codes = new ArrayList<>();
        try {
            body.position(extension.type() == SUPPORTED_VERSIONS ? 1 : 2);
            while (body.hasRemaining()) {
                codes.add(Short.toUnsignedInt(body.getShort()));
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return List.of();
        }
        return codes;
    }

    /** As in ALPN and application_settings: names, each behind its length, all behind theirs. */
    static List<String> protocols(byte[] data) {
        ByteBuffer body = ByteBuffer.wrap(data);
        List<String> protocols = new ArrayList<>();
        try {
            body.getShort();
            while (body.hasRemaining()) {
                byte[] name = new byte[Byte.toUnsignedInt(body.get())];
                body.get(name);
                protocols.add(new String(name, StandardCharsets.ISO_8859_1));
            }
        } catch (BufferUnderflowException e) {
            return List.of();
        }
        return protocols;
    }

    /** Whether the hybrid share ends with the very X25519 key of the standalone share; empty unless both are there. */
    static Optional<Boolean> sharedX25519(ClientHello hello) {
        Optional<byte[]> hybrid = share(hello, X25519_MLKEM768);
        Optional<byte[]> plain = share(hello, X25519);
        if (hybrid.isEmpty() || plain.isEmpty() || hybrid.get().length < X25519_LENGTH) {
            return Optional.empty();
        }
        byte[] bytes = hybrid.get();
        byte[] tail = Arrays.copyOfRange(bytes, bytes.length - X25519_LENGTH, bytes.length);
        return Optional.of(Arrays.equals(tail, plain.get()));
    }

    private static Optional<byte[]> share(ClientHello hello, int group) {
        return hello.extension(KEY_SHARE).flatMap(extension -> {
            ByteBuffer body = ByteBuffer.wrap(extension.data());
            try {
                body.getShort();
                while (body.hasRemaining()) {
                    int found = Short.toUnsignedInt(body.getShort());
                    byte[] key = new byte[Short.toUnsignedInt(body.getShort())];
                    body.get(key);
                    if (found == group) {
                        return Optional.of(key);
                    }
                }
            } catch (BufferUnderflowException e) {
                return Optional.empty();
            }
            return Optional.empty();
        });
    }
}
