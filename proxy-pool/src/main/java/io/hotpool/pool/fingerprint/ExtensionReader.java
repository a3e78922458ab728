package io.hotpool.pool.fingerprint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The contents of ClientHello extensions. Each method reads a whole body. */
final class ExtensionReader {
    record Share(int group, int length) {}

    private ExtensionReader() {}

    /** A list of two-byte codes behind a two-byte length: groups, signature schemes. */
    static List<Integer> codes16(ByteReader body) {
        return codes(body, body.vector16("list of codes"));
    }

    /** The same behind a one-byte length: versions, compression algorithms. */
    static List<Integer> codes8(ByteReader body) {
        return codes(body, body.vector8("list of codes"));
    }

    private static List<Integer> codes(ByteReader body, ByteReader list) {
        List<Integer> codes = new ArrayList<>();
        while (list.hasMore()) {
            codes.add(list.u16("code"));
        }
        body.end("list of codes");
        return codes;
    }

    static List<Integer> bytes8(ByteReader body) {
        ByteReader list = body.vector8("list of bytes");
        List<Integer> codes = new ArrayList<>();
        while (list.hasMore()) {
            codes.add(list.u8("byte"));
        }
        body.end("list of bytes");
        return codes;
    }

    /** RFC 6066, 3: one entry of type host_name. */
    static String serverName(ByteReader body) {
        ByteReader list = body.vector16("server_name list");
        body.end("server_name");
        int type = list.u8("server_name type");
        if (type != 0) {
            throw new MalformedInputException("server_name type: " + type + " instead of 0");
        }
        String name = new String(list.vector16("server_name").rest(), StandardCharsets.ISO_8859_1);
        list.end("server_name list");
        return name;
    }

    static List<byte[]> protocols(ByteReader body) {
        ByteReader list = body.vector16("protocol list");
        List<byte[]> protocols = new ArrayList<>();
        while (list.hasMore()) {
            protocols.add(list.vector8("protocol").rest());
        }
        body.end("protocol list");
        return protocols;
    }

    static List<Share> shares(ByteReader body) {
        ByteReader list = body.vector16("key shares");
        List<Share> shares = new ArrayList<>();
        while (list.hasMore()) {
            int group = list.u16("key share group");
            shares.add(new Share(group, list.vector16("key share").left()));
        }
        body.end("key shares");
        return shares;
    }
}
