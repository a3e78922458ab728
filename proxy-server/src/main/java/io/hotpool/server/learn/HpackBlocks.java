package io.hotpool.server.learn;

import io.hotpool.server.learn.HpackField.Form;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The header blocks of one connection, in order: Netty decodes the fields, and beside it is read how each was written. */
final class HpackBlocks {
    private static final int LONGEST_LIST = 256 * 1024;

    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, LONGEST_LIST);

    private record Written(
            Form form, int nameIndex, int nameLength, boolean nameHuffman, int valueLength, boolean valueHuffman) {}

    private record Text(int length, boolean huffman) {}

    /** @throws LearnException when it is not a header block */
    List<HpackField> read(int stream, byte[] block) {
        List<Written> written = scan(ByteBuffer.wrap(block));
        ByteBuf bytes = Unpooled.wrappedBuffer(block);
        try {
            Http2Headers headers = decoder.decodeHeaders(stream, bytes);
            List<HpackField> fields = new ArrayList<>();
            for (Map.Entry<CharSequence, CharSequence> field : headers) {
                Written how = written.get(fields.size());
                fields.add(new HpackField(
                        field.getKey().toString(),
                        field.getValue().toString(),
                        how.form(),
                        how.nameIndex(),
                        how.nameLength(),
                        how.nameHuffman(),
                        how.valueLength(),
                        how.valueHuffman()));
            }
            return fields;
        } catch (Http2Exception | IndexOutOfBoundsException e) {
            throw new LearnException("a header block cannot be decoded: " + e.getMessage());
        } finally {
            bytes.release();
        }
    }

    private static List<Written> scan(ByteBuffer block) {
        List<Written> fields = new ArrayList<>();
        try {
            while (block.hasRemaining()) {
                int first = Byte.toUnsignedInt(block.get(block.position()));
                if (first >= 0x80) {
                    fields.add(new Written(Form.INDEXED, integer(block, 7), 0, false, 0, false));
                } else if (first >= 0x40) {
                    fields.add(literal(block, Form.INCREMENTAL, 6));
                } else if (first >= 0x20) {
                    integer(block, 5); // table size
                } else {
                    fields.add(literal(block, first >= 0x10 ? Form.NEVER_INDEXED : Form.WITHOUT_INDEXING, 4));
                }
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new LearnException("a header block is cut short");
        }
        return fields;
    }

    private static Written literal(ByteBuffer block, Form form, int prefix) {
        int index = integer(block, prefix);
        Text name = index > 0 ? new Text(0, false) : text(block);
        Text value = text(block);
        return new Written(form, index, name.length(), name.huffman(), value.length(), value.huffman());
    }

    private static Text text(ByteBuffer block) {
        boolean huffman = block.get(block.position()) < 0;
        int length = integer(block, 7);
        block.position(block.position() + length);
        return new Text(length, huffman);
    }

    /** RFC 7541, 5.1. */
    private static int integer(ByteBuffer block, int prefix) {
        int full = (1 << prefix) - 1;
        int value = block.get() & full;
        if (value < full) {
            return value;
        }
        int shift = 0;
        int octet;
        do {
            octet = Byte.toUnsignedInt(block.get());
            value += (octet & 0x7f) << shift;
            shift += 7;
        } while (octet >= 0x80 && shift < 28);
        return value;
    }
}
