package io.hotpool.server.frontend;

import static io.hotpool.server.frontend.HeadLines.invalid;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Requests out of bytes (RFC 9112), one step at a time, so that whoever asks decides when to go on. Takes from the buffer
 * only what belongs to the step: what is left over can be handed to another protocol. Strict, and bounded. After a fault it
 * must not be asked again.
 */
final class Http1RequestReader {
    enum Step {
        /** More bytes are needed. */
        NEED_BYTES,
        /** {@link #head()} is there. */
        HEAD,
        /** {@link #body()} is there; the caller owns it. */
        BODY,
        /** The request is complete; {@link #trailers()} is there. */
        END
    }

    private enum State {
        REQUEST_LINE,
        FIELDS,
        FIXED,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILERS,
        COMPLETE
    }

    private static final int MAX_CHUNK_LINE = 4096;
    private static final int MAX_CHUNK_DIGITS = 15;

    private final int maxLine;
    private final int maxHead;
    private State state = State.REQUEST_LINE;
    private byte[] line = new byte[256];
    private int lineLength;
    private int scanned;
    private int fieldBytes;
    private String @Nullable [] requestLine;
    private HeaderList fields = new HeaderList();
    private @Nullable ClientRequest head;
    private @Nullable ByteBuf body;
    private HeaderList trailers = new HeaderList(0);
    private long remaining;

    /**
     * @param maxLine of the request line, without its CRLF
     * @param maxHead of all field lines together, CRLFs included; the same again for trailers
     */
    Http1RequestReader(int maxLine, int maxHead) {
        this.maxLine = maxLine;
        this.maxHead = maxHead;
    }

    Step next(ByteBuf in) {
        return switch (state) {
            case REQUEST_LINE -> readRequestLine(in) ? readFields(in) : Step.NEED_BYTES;
            case FIELDS -> readFields(in);
            case FIXED -> readFixed(in);
            case CHUNK_SIZE, CHUNK_DATA, CHUNK_END -> readChunk(in);
            case TRAILERS -> readTrailers(in);
            case COMPLETE -> Step.NEED_BYTES;
        };
    }

    ClientRequest head() {
        assert head != null;
        return head;
    }

    ByteBuf body() {
        assert body != null;
        ByteBuf given = body;
        body = null;
        return given;
    }

    HeaderList trailers() {
        return trailers;
    }

    /** Between two requests, not a byte of the next one seen. */
    boolean idle() {
        return state == State.REQUEST_LINE && scanned == 0;
    }

    boolean complete() {
        return state == State.COMPLETE;
    }

    /** The request before is done with: read another. */
    void reset() {
        assert state == State.COMPLETE;
        state = State.REQUEST_LINE;
        fields = new HeaderList();
        trailers = new HeaderList(0);
        head = null;
        requestLine = null;
        fieldBytes = 0;
    }

    private boolean readRequestLine(ByteBuf in) {
        if (!readLine(in, maxLine, FaultKind.URI_TOO_LONG)) {
            return false;
        }
        if (lineLength == 0 && !readLine(in, maxLine, FaultKind.URI_TOO_LONG)) {
            return false; // one empty line before a request is allowed (RFC 9112, 2.2)
        }
        requestLine = HeadLines.requestLine(line, lineLength);
        state = State.FIELDS;
        return true;
    }

    private Step readFields(ByteBuf in) {
        if (!readFieldLines(in, fields)) {
            return Step.NEED_BYTES;
        }
        assert requestLine != null;
        String version = requestLine[2];
        long length = RequestFraming.bodyLength(version, fields);
        head = new ClientRequest(version, requestLine[0], requestLine[1], "", fields, length);
        remaining = length;
        state = length == RequestHead.UNKNOWN_LENGTH ? State.CHUNK_SIZE : State.FIXED;
        return Step.HEAD;
    }

    private boolean readFieldLines(ByteBuf in, HeaderList to) {
        while (readLine(in, maxHead - fieldBytes, FaultKind.HEADER_TOO_LARGE)) {
            fieldBytes += lineLength + 2;
            if (fieldBytes > maxHead) {
                throw tooLong(FaultKind.HEADER_TOO_LARGE);
            }
            if (lineLength == 0) {
                return true;
            }
            HeadLines.field(line, lineLength, to);
        }
        return false;
    }

    private Step readFixed(ByteBuf in) {
        if (remaining == 0) {
            return complete(new HeaderList(0));
        }
        return readBody(in);
    }

    private Step readBody(ByteBuf in) {
        int bytes = (int) Math.min(remaining, in.readableBytes());
        if (bytes == 0) {
            return Step.NEED_BYTES;
        }
        remaining -= bytes;
        body = in.readRetainedSlice(bytes);
        return Step.BODY;
    }

    private Step readChunk(ByteBuf in) {
        if (state == State.CHUNK_END) {
            if (!readLine(in, 0, FaultKind.BAD_REQUEST)) {
                return Step.NEED_BYTES;
            }
            state = State.CHUNK_SIZE;
        }
        if (state == State.CHUNK_SIZE) {
            if (!readLine(in, MAX_CHUNK_LINE, FaultKind.BAD_REQUEST)) {
                return Step.NEED_BYTES;
            }
            remaining = chunkSize();
            fieldBytes = 0;
            state = remaining == 0 ? State.TRAILERS : State.CHUNK_DATA;
        }
        if (state == State.TRAILERS) {
            return readTrailers(in);
        }
        Step step = readBody(in);
        if (remaining == 0) {
            state = State.CHUNK_END;
        }
        return step;
    }

    private Step readTrailers(ByteBuf in) {
        return readFieldLines(in, trailers) ? complete(trailers) : Step.NEED_BYTES;
    }

    private Step complete(HeaderList trailers) {
        this.trailers = trailers;
        state = State.COMPLETE;
        return Step.END;
    }

    /** {@code 1*HEXDIG [ BWS ";" ext ]}; extensions mean nothing to us (RFC 9112, 7.1.1). */
    private long chunkSize() {
        long size = 0;
        int i = 0;
        while (i < lineLength && Character.digit(line[i], 16) >= 0) {
            size = 16 * size + Character.digit(line[i++], 16);
            if (i > MAX_CHUNK_DIGITS) {
                throw invalid("a chunk size is too large");
            }
        }
        if (i == 0 || i < lineLength && line[i] != ';') {
            throw invalid("a chunk size is not a hexadecimal number");
        }
        for (; i < lineLength; i++) {
            if (line[i] == 0x7f || line[i] >= 0 && line[i] < ' ' && line[i] != '\t') {
                throw invalid("a control character in a chunk extension");
            }
        }
        return size;
    }

    private Fault tooLong(FaultKind kind) {
        return Fault.of(
                kind,
                switch (kind) {
                    case URI_TOO_LONG -> "more than the " + maxLine + " bytes of proxy.max_request_line";
                    case HEADER_TOO_LARGE -> "more than the " + maxHead + " bytes of proxy.max_header_size";
                    default -> "a chunk line is too long";
                });
    }

    /** Moves one line, without its CRLF, into {@link #line}. */
    private boolean readLine(ByteBuf in, int limit, FaultKind tooLong) {
        int start = in.readerIndex();
        int end = in.indexOf(start + scanned, in.writerIndex(), (byte) '\n');
        int length = (end < 0 ? in.writerIndex() : end) - start;
        if (length - 1 > Math.max(0, limit)) {
            throw tooLong(tooLong);
        }
        if (end < 0) {
            scanned = length;
            return false;
        }
        if (length == 0 || in.getByte(end - 1) != '\r') {
            throw invalid("a line ends in LF without CR");
        }
        lineLength = length - 1;
        if (line.length < lineLength) {
            line = new byte[Math.max(2 * line.length, lineLength)];
        }
        in.readBytes(line, 0, lineLength).skipBytes(2);
        scanned = 0;
        return true;
    }
}
