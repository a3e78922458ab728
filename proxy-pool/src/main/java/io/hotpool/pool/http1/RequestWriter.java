package io.hotpool.pool.http1;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a request (RFC 9112, 3 and 7.1). Fields are written as they are listed: names, order and casing. Only what
 * the framing cannot do without is put right: Host, Content-Length, Transfer-Encoding, and Connection for an upgrade.
 */
final class RequestWriter {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n'};

    private RequestWriter() {}

    /**
     * @param form for a proxy; null: for the origin itself
     * @param written on that connection before
     */
    static ByteBuf head(ByteBufAllocator alloc, RequestHead head, @Nullable ForwardForm form, WrittenFields written) {
        ByteBuf out = alloc.buffer(1024);
        try {
            text(out, head.method(), ' ');
            out.writeByte(' ');
            if (form != null) {
                text(out, head.origin().toString(), ' ');
            }
            text(out, head.path(), ' ');
            out.writeCharSequence(" HTTP/1.1\r\n", StandardCharsets.ISO_8859_1);
            written.write(out, head);
            if (form != null && form.authorization() != null) {
                field(out, "Proxy-Authorization", form.authorization());
            }
            return out.writeBytes(CRLF);
        } catch (RuntimeException e) {
            out.release();
            throw e;
        }
    }

    static ByteBuf chunkStart(ByteBufAllocator alloc, int size) {
        ByteBuf out = alloc.buffer(10);
        out.writeCharSequence(Integer.toHexString(size), StandardCharsets.US_ASCII);
        return out.writeBytes(CRLF);
    }

    static ByteBuf chunkEnd(ByteBufAllocator alloc) {
        return alloc.buffer(2).writeBytes(CRLF);
    }

    static ByteBuf lastChunk(ByteBufAllocator alloc, HeaderList trailers) {
        ByteBuf out = alloc.buffer(64).writeBytes(LAST_CHUNK);
        trailers.forEach((name, value) -> field(out, name, value));
        return out.writeBytes(CRLF);
    }

    static void fields(ByteBuf out, RequestHead head) {
        HeaderList headers = head.headers();
        if (!headers.contains("Host")) {
            field(out, "Host", head.authority());
        }
        headers.forEach((name, value) -> {
            if (!contradicts(head, name)) {
                field(out, name, name.equalsIgnoreCase("Content-Length") ? Long.toString(head.bodyLength()) : value);
            }
        });
        if (head.bodyLength() > 0 && !headers.contains("Content-Length")) {
            field(out, "Content-Length", Long.toString(head.bodyLength()));
        }
        if (head.bodyLength() < 0 && !headers.contains("Transfer-Encoding")) {
            field(out, "Transfer-Encoding", "chunked");
        }
        if (head.upgrades() && !headers.contains("Upgrade")) {
            field(out, "Connection", "Upgrade");
            field(out, "Upgrade", head.upgrade());
        }
    }

    private static boolean contradicts(RequestHead head, String name) {
        return head.bodyLength() < 0
                ? name.equalsIgnoreCase("Content-Length")
                : name.equalsIgnoreCase("Transfer-Encoding");
    }

    private static void field(ByteBuf out, String name, String value) {
        text(out, name, ':');
        out.writeByte(':').writeByte(' ');
        text(out, value, '\n');
        out.writeBytes(CRLF);
    }

    /** One byte per char (ISO-8859-1). CR, LF, NUL and {@code forbidden} would change the meaning of what follows. */
    private static void text(ByteBuf out, String s, char forbidden) {
        int length = s.length();
        for (int i = 0; i < length; i++) {
            char c = s.charAt(i);
            if ((c <= ':' && (c == '\r' || c == '\n' || c == 0 || c == forbidden)) || c > 0xff) {
                throw Fault.unprocessed(
                        FaultKind.BAD_REQUEST, "a character that cannot be sent in a request head", null);
            }
        }
        out.writeCharSequence(s, StandardCharsets.ISO_8859_1);
    }
}
