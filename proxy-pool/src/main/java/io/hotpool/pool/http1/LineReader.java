package io.hotpool.pool.http1;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lines out of a byte stream: ended by LF, a CR before it taken off (RFC 9112, 2.2), bytes as ISO-8859-1. The lines of one
 * section (a head, the trailers) share a limit.
 */
final class LineReader {
    private final int limit;
    private byte[] partial = new byte[0];
    private int partialLength;
    private int sectionLength;

    LineReader(int limit) {
        this.limit = limit;
    }

    void startSection() {
        sectionLength = 0;
    }

    /** True when a byte of a line was read whose end has not come yet. */
    boolean insideLine() {
        return partialLength > 0;
    }

    /** The next line without its end; null when it is not complete: then all of {@code in} has been read. */
    @Nullable
    String next(ByteBuf in) {
        int start = in.readerIndex();
        int end = in.indexOf(start, in.writerIndex(), (byte) '\n');
        int length = (end < 0 ? in.writerIndex() : end) - start;
        sectionLength += length + (end < 0 ? 0 : 1);
        if (sectionLength > limit) {
            throw Fault.of(FaultKind.UPSTREAM_PROTOCOL, "response head is larger than " + limit + " bytes");
        }
        if (end < 0) {
            keep(in, length);
            return null;
        }
        String line = line(in, length);
        in.skipBytes(1);
        return line;
    }

    private String line(ByteBuf in, int length) {
        if (partialLength == 0) {
            boolean cr = length > 0 && in.getByte(in.readerIndex() + length - 1) == '\r';
            String line = in.toString(in.readerIndex(), cr ? length - 1 : length, StandardCharsets.ISO_8859_1);
            in.skipBytes(length);
            return line;
        }
        keep(in, length);
        int end = partial[partialLength - 1] == '\r' ? partialLength - 1 : partialLength;
        String line = new String(partial, 0, end, StandardCharsets.ISO_8859_1);
        partial = new byte[0];
        partialLength = 0;
        return line;
    }

    private void keep(ByteBuf in, int length) {
        if (partial.length < partialLength + length) {
            partial = Arrays.copyOf(partial, Math.max(256, 2 * (partialLength + length)));
        }
        in.readBytes(partial, partialLength, length);
        partialLength += length;
    }
}
