package io.hotpool.server.frontend;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a client speaks, by the first bytes it sends. */
enum FirstBytes {
    /** Not enough bytes to tell. */
    UNDECIDED,
    TLS,
    HTTP,
    SOCKS5,
    OTHER;

    /** Methods of clients that speak clear HTTP through CONNECT (RFC 9110, 9; RFC 5789; RFC 4918; RFC 3253). */
    private static final List<byte[]> METHODS = java.util.stream.Stream.of(
                    "GET",
                    "HEAD",
                    "POST",
                    "PUT",
                    "DELETE",
                    "OPTIONS",
                    "TRACE",
                    "PATCH",
                    "CONNECT",
                    "PROPFIND",
                    "PROPPATCH",
                    "MKCOL",
                    "COPY",
                    "MOVE",
                    "LOCK",
                    "UNLOCK",
                    "REPORT",
                    "SEARCH",
                    "MKCALENDAR",
                    "MERGE",
                    "PURGE",
                    "QUERY")
            .map(method -> (method + " ").getBytes(StandardCharsets.US_ASCII))
            .toList();

    static FirstBytes of(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            return UNDECIDED;
        }
        return switch (bytes.getByte(bytes.readerIndex())) {
            case 0x16 -> tls(bytes);
            case 0x05 -> SOCKS5;
            default -> http(bytes);
        };
    }

    /** A handshake record of any version 3.x (RFC 8446, 5.1). */
    private static FirstBytes tls(ByteBuf bytes) {
        if (bytes.readableBytes() < 2) {
            return UNDECIDED;
        }
        return bytes.getByte(bytes.readerIndex() + 1) == 3 ? TLS : OTHER;
    }

    private static FirstBytes http(ByteBuf bytes) {
        for (byte[] method : METHODS) {
            int compared = Math.min(method.length, bytes.readableBytes());
            int i = 0;
            while (i < compared && bytes.getByte(bytes.readerIndex() + i) == method[i]) {
                i++;
            }
            if (i == compared) {
                return compared == method.length ? HTTP : UNDECIDED;
            }
        }
        return OTHER;
    }
}
