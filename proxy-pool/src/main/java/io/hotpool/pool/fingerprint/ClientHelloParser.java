package io.hotpool.pool.fingerprint;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Parses the bytes of a ClientHello, with or without TLS records around it. Strict: every length must be right, no bytes
 * may be left, no extension may come twice. Bounded: what is declared longer than {@link #MAX_LENGTH} is refused unread.
 */
public final class ClientHelloParser {
    /** More than any real hello: key shares of every group and a full set of tickets fit. */
    public static final int MAX_LENGTH = 65536;

    private static final int HANDSHAKE_RECORD = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int MAX_RECORD = 16384;

    private ClientHelloParser() {}

    /**
     * @param bytes one or more whole TLS records (first byte 22), or the bare handshake message (first byte 1)
     * @throws MalformedInputException when it is not exactly one ClientHello
     */
    public static ClientHello parse(byte[] bytes) {
        if (bytes.length > 0 && bytes[0] == HANDSHAKE_RECORD) {
            int version = new ByteReader(bytes).part(3, "record").u24("record") & 0xffff;
            return message(version, joinRecords(new ByteReader(bytes)));
        }
        return message(-1, bytes);
    }

    /**
     * @param recordVersion of the record that was around the message
     * @param message the handshake message
     */
    public static ClientHello parse(int recordVersion, byte[] message) {
        return message(recordVersion, message);
    }

    private static byte[] joinRecords(ByteReader records) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        while (records.hasMore()) {
            int type = records.u8("record type");
            if (type != HANDSHAKE_RECORD) {
                throw new MalformedInputException("record type: " + type + " instead of 22 (handshake)");
            }
            records.u16("record version");
            int length = records.u16("record length");
            if (length == 0 || length > MAX_RECORD) {
                throw new MalformedInputException("record length: " + length + " (1 to " + MAX_RECORD + ")");
            }
            message.writeBytes(records.take(length, "record"));
            if (message.size() > MAX_LENGTH) {
                throw new MalformedInputException("hello: more than " + MAX_LENGTH + " bytes");
            }
        }
        return message.toByteArray();
    }

    private static ClientHello message(int recordVersion, byte[] bytes) {
        ByteReader reader = new ByteReader(bytes);
        int type = reader.u8("handshake type");
        if (type != CLIENT_HELLO) {
            throw new MalformedInputException("handshake type: " + type + " instead of 1 (client_hello)");
        }
        int length = reader.u24("hello length");
        if (length > MAX_LENGTH) {
            throw new MalformedInputException("hello length: " + length + " (at most " + MAX_LENGTH + ")");
        }
        ByteReader body = reader.part(length, "hello");
        reader.end("hello");
        return body(recordVersion, bytes.length, body);
    }

    private static ClientHello body(int recordVersion, int length, ByteReader body) {
        int version = body.u16("legacy_version");
        byte[] random = body.take(32, "random");
        byte[] sessionId = body.vector8("session_id").rest();
        if (sessionId.length > 32) {
            throw new MalformedInputException("session_id: " + sessionId.length + " bytes (at most 32)");
        }
        List<Integer> suites = codes(body.vector16("cipher_suites"), 2, "cipher_suites");
        List<Integer> compression = codes(body.vector8("compression_methods"), 1, "compression_methods");
        List<ClientHello.RawExtension> extensions = body.hasMore() ? extensions(body) : List.of();
        body.end("hello");
        return new ClientHello(recordVersion, length, version, random, sessionId, suites, compression, extensions);
    }

    private static List<Integer> codes(ByteReader list, int size, String what) {
        if (list.left() == 0 || list.left() % size != 0) {
            throw new MalformedInputException(what + ": " + list.left() + " bytes");
        }
        List<Integer> codes = new ArrayList<>(list.left() / size);
        while (list.hasMore()) {
            codes.add(size == 2 ? list.u16(what) : list.u8(what));
        }
        return List.copyOf(codes);
    }

    private static List<ClientHello.RawExtension> extensions(ByteReader body) {
        ByteReader list = body.vector16("extensions");
        List<ClientHello.RawExtension> extensions = new ArrayList<>();
        Set<Integer> seen = new HashSet<>();
        while (list.hasMore()) {
            int type = list.u16("extension type");
            if (!seen.add(type)) {
                throw new MalformedInputException("extension " + type + ": comes twice"); // RFC 8446, 4.2
            }
            extensions.add(new ClientHello.RawExtension(
                    type, list.vector16("extension " + type).rest()));
        }
        return List.copyOf(extensions);
    }
}
