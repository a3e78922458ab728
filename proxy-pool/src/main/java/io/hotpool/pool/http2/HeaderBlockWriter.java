package io.hotpool.pool.http2;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Hpack;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Header blocks (RFC 7541) as a browser writes them: order of pseudo-header fields, representation of every field, reference
 * of names, Huffman coding, cookie crumbs and table size updates follow the profile. Confined to its connection's loop.
 *
 * <p>Two families of encoders are known. One refers to a name by its first match and indexes a field that is already in the
 * table even if it would not insert it. The other scans the whole table: it refers to a name by its last match, writes a
 * field that must not be inserted always as a literal, and does not insert what would take more than half of the table.
 * {@code pathNameIndex} tells which one it is.
 */
final class HeaderBlockWriter implements Http2HeadersEncoder, Http2HeadersEncoder.Configuration {
    /** More is not used, whatever the peer allows: the table is our memory. */
    static final int MAX_TABLE = 64 * 1024;

    /** RFC 9113, 8.2.2; Host is {@code :authority} here. */
    private static final Set<String> NEVER_SENT =
            Set.of("connection", "host", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

    private static final int INCREMENTAL = 0x40;
    private static final int WITHOUT_INDEXING = 0x00;
    private static final int NEVER_INDEXED = 0x10;

    private final HeaderTable table = new HeaderTable();
    private final List<String> pseudoHeaders;
    private final Set<String> neverIndexed;
    private final Set<String> withoutIndexing;
    private final boolean lastMatch;
    private final boolean alwaysHuffman;
    private final boolean cookieCrumbs;
    private final int neverIndexCookieShorterThan;
    private long peerListLimit = Long.MAX_VALUE;
    private int lowestUpdate = -1; // a table size update is due when not negative

    HeaderBlockWriter(Http2Shape shape) {
        Hpack hpack = shape.hpack();
        this.pseudoHeaders = shape.pseudoHeaders();
        this.neverIndexed = Set.copyOf(hpack.neverIndexed());
        this.withoutIndexing = Set.copyOf(hpack.withoutIndexing());
        this.lastMatch = hpack.pathNameIndex() == 5;
        this.alwaysHuffman = hpack.huffman() == Http2Shape.Huffman.ALWAYS;
        this.cookieCrumbs = hpack.cookieCrumbs();
        this.neverIndexCookieShorterThan = hpack.neverIndexCookieShorterThan();
    }

    /** The block of a request. */
    void write(RequestHead head, ByteBuf out) {
        writeSizeUpdate(out);
        for (String name : pseudoHeaders) {
            writeField(name, pseudoValue(head, name), out);
        }
        HeaderList fields = head.headers();
        for (int i = 0; i < fields.size(); i++) {
            String name = lower(fields.name(i));
            if (!NEVER_SENT.contains(name)) {
                writeRegular(head, name, fields.value(i), out);
            }
        }
        if (head.bodyLength() > 0 && !fields.contains("content-length")) {
            writeField("content-length", Long.toString(head.bodyLength()), out);
        }
    }

    private static String pseudoValue(RequestHead head, String name) {
        return switch (name) {
            case ":method" -> head.method();
            case ":authority" -> head.authority();
            case ":scheme" -> head.origin().scheme();
            case ":path" -> head.path();
            default -> throw new IllegalArgumentException("pseudo-header field " + name);
        };
    }

    private void writeRegular(RequestHead head, String name, String value, ByteBuf out) {
        if (name.equals("te") && !value.equalsIgnoreCase("trailers")) {
            return;
        }
        if (name.equals("content-length")) {
            if (head.bodyLength() >= 0) {
                writeField(name, Long.toString(head.bodyLength()), out);
            }
        } else if (name.equals("cookie") && cookieCrumbs) {
            writeCrumbs(value, out);
        } else {
            writeField(name, value, out);
        }
    }

    /** RFC 9113, 8.2.3. */
    private void writeCrumbs(String cookie, ByteBuf out) {
        int start = 0;
        while (start <= cookie.length()) {
            int end = cookie.indexOf(';', start);
            end = end < 0 ? cookie.length() : end;
            writeField("cookie", cookie.substring(start, end), out);
            start = end + 1;
            if (start < cookie.length() && cookie.charAt(start) == ' ') {
                start++;
            }
        }
    }

    private void writeField(String name, String value, ByteBuf out) {
        HeaderTable.Field field = new HeaderTable.Field(name, value);
        boolean never =
                neverIndexed.contains(name) || name.equals("cookie") && value.length() < neverIndexCookieShorterThan;
        boolean insert = !never && !withoutIndexing.contains(name);
        int match = table.find(field);
        if (match > 0 && (insert || !never && !lastMatch)) {
            writeInteger(0x80, 7, match, out);
        } else if (insert && (!lastMatch || worthInserting(field))) {
            writeLiteral(INCREMENTAL, 6, field, match, out);
            table.add(field);
        } else {
            writeLiteral(never ? NEVER_INDEXED : WITHOUT_INDEXING, 4, field, match, out);
        }
    }

    private boolean worthInserting(HeaderTable.Field field) {
        return field.size() <= table.capacity() / 2 && table.capacity() >= 128;
    }

    private void writeLiteral(int pattern, int prefix, HeaderTable.Field field, int match, ByteBuf out) {
        int name = !lastMatch ? table.firstOfName(field.name()) : match > 0 ? match : table.lastOfName(field.name());
        writeInteger(pattern, prefix, name, out);
        if (name == 0) {
            writeString(field.name(), out);
        }
        writeString(field.value(), out);
    }

    private void writeString(String s, ByteBuf out) {
        int coded = HuffmanCode.encodedLength(s);
        if (alwaysHuffman || coded < s.length()) {
            writeInteger(0x80, 7, coded, out);
            HuffmanCode.encode(s, out);
        } else {
            writeInteger(0, 7, s.length(), out);
            out.writeCharSequence(s, StandardCharsets.ISO_8859_1);
        }
    }

    /** RFC 7541, 5.1. */
    private static void writeInteger(int pattern, int prefix, int value, ByteBuf out) {
        int full = (1 << prefix) - 1;
        if (value < full) {
            out.writeByte(pattern | value);
            return;
        }
        out.writeByte(pattern | full);
        int rest = value - full;
        while (rest >= 0x80) {
            out.writeByte(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    /** RFC 7541, 4.2: after a change the lowest size since the last block is said first. */
    private void writeSizeUpdate(ByteBuf out) {
        if (lowestUpdate < 0) {
            return;
        }
        if (lowestUpdate < table.capacity()) {
            writeInteger(0x20, 5, lowestUpdate, out);
        }
        writeInteger(0x20, 5, table.capacity(), out);
        lowestUpdate = -1;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Trailers. */
    @Override
    public void encodeHeaders(int streamId, Http2Headers headers, ByteBuf out) {
        writeSizeUpdate(out);
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            writeField(lower(field.getKey().toString()), field.getValue().toString(), out);
        }
    }

    @Override
    public Configuration configuration() {
        return this;
    }

    /** The peer's SETTINGS_HEADER_TABLE_SIZE. */
    @Override
    public void maxHeaderTableSize(long max) {
        int size = (int) Math.min(max, MAX_TABLE);
        if (size == table.capacity() && !lastMatch) {
            return;
        }
        lowestUpdate = lowestUpdate < 0 ? size : Math.min(lowestUpdate, size);
        table.capacity(size);
    }

    @Override
    public long maxHeaderTableSize() {
        return table.capacity();
    }

    /** Advisory (RFC 9113, 6.5.2): browsers send what they have to send. */
    @Override
    public void maxHeaderListSize(long max) {
        peerListLimit = max;
    }

    @Override
    public long maxHeaderListSize() {
        return peerListLimit;
    }
}
