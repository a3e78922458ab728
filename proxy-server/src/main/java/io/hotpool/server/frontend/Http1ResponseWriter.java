package io.hotpool.server.frontend;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** Response heads and chunks as HTTP/1.1 bytes (RFC 9112, 4 and 7.1). */
final class Http1ResponseWriter {
    enum Framing {
        /** Nothing follows the head. */
        NONE,
        LENGTH,
        CHUNKED,
        /** To the end of the connection: for HTTP/1.0. */
        CLOSE
    }

    private static final byte[] LAST_CHUNK = {'0', '\r', '\n'};

    private Http1ResponseWriter() {}

    static Framing framing(ClientRequest request, ResponseHead head) {
        int status = head.status();
        boolean bare = request.method().equals("HEAD") || status < 200 || status == 204 || status == 304;
        if (bare) {
            return Framing.NONE;
        }
        if (head.bodyLength() != RequestHead.UNKNOWN_LENGTH) {
            return Framing.LENGTH;
        }
        return request.version().equals(ClientRequest.HTTP_1_0) ? Framing.CLOSE : Framing.CHUNKED;
    }

    /** @param connection value of the Connection field; empty: none is written */
    static ByteBuf head(ByteBufAllocator alloc, ResponseHead head, Framing framing, String connection) {
        ByteBuf out = start(alloc, head);
        boolean length = false;
        HeaderList headers = head.headers();
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            boolean isLength = name.equalsIgnoreCase("content-length");
            length |= isLength;
            boolean misleading = isLength && (framing == Framing.CHUNKED || framing == Framing.CLOSE);
            if (!misleading && !own(name)) {
                field(out, name, headers.value(i));
            }
        }
        if (framing == Framing.LENGTH && !length) {
            field(out, "Content-Length", Long.toString(head.bodyLength()));
        } else if (framing == Framing.CHUNKED) {
            field(out, "Transfer-Encoding", "chunked");
        }
        if (!connection.isEmpty()) {
            field(out, "Connection", connection);
        }
        return crlf(out);
    }

    /** Fields of this hop, which are written as they apply here. */
    private static boolean own(String name) {
        return switch (name.length()) {
            case 10 -> name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive");
            case 16 -> name.equalsIgnoreCase("proxy-connection");
            case 17 -> name.equalsIgnoreCase("transfer-encoding");
            default -> false;
        };
    }

    static ByteBuf informational(ByteBufAllocator alloc, ResponseHead head) {
        ByteBuf out = start(alloc, head);
        head.headers().forEach((name, value) -> field(out, name, value));
        return crlf(out);
    }

    static ByteBuf upgrade(ByteBufAllocator alloc, ResponseHead head, String token) {
        ByteBuf out = start(alloc, head);
        head.headers().forEach((name, value) -> {
            if (!name.equalsIgnoreCase("Upgrade") && !own(name)) {
                field(out, name, value);
            }
        });
        field(out, "Connection", "Upgrade");
        field(out, "Upgrade", token);
        return crlf(out);
    }

    static ByteBuf chunkHead(ByteBufAllocator alloc, int size) {
        String hex = Integer.toHexString(size);
        ByteBuf out = alloc.buffer(hex.length() + 2);
        out.writeCharSequence(hex, StandardCharsets.US_ASCII);
        return crlf(out);
    }

    static ByteBuf lastChunk(ByteBufAllocator alloc, HeaderList trailers) {
        ByteBuf out = alloc.buffer(trailers.isEmpty() ? 5 : 256);
        out.writeBytes(LAST_CHUNK);
        trailers.forEach((name, value) -> field(out, name, value));
        return crlf(out);
    }

    private static ByteBuf start(ByteBufAllocator alloc, ResponseHead head) {
        ByteBuf out = alloc.buffer(512);
        String reason = head.reason().isEmpty() ? OwnAnswer.reason(head.status()) : head.reason();
        out.writeCharSequence("HTTP/1.1 " + head.status() + " ", StandardCharsets.US_ASCII);
        latin1(out, reason);
        return crlf(out);
    }

    private static void field(ByteBuf out, String name, String value) {
        latin1(out, name);
        ByteBufUtil.writeShortBE(out, ':' << 8 | ' ');
        latin1(out, value);
        crlf(out);
    }

    private static void latin1(ByteBuf out, String text) {
        out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
    }

    private static ByteBuf crlf(ByteBuf out) {
        return ByteBufUtil.writeShortBE(out, '\r' << 8 | '\n');
    }
}
