package io.hotpool.pool.http1;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the response to one request (RFC 9112) out of the bytes as they come. Not thread-safe; made for one request.
 *
 * <p>Throws a {@link Fault} for an answer that cannot be understood; the connection is of no use after that.
 */
final class ResponseReader {
    /** As Chromium: a larger head is refused. */
    static final int MAX_HEAD = 256 * 1024;

    private static final int MAX_INTERIM = 32;

    interface Events {
        void onInterim(ResponseHead head);

        void onHead(ResponseHead head, BodyFraming framing);

        /** 101: every byte after it belongs to the new protocol and is handed to {@link #onBody}. */
        void onSwitched(ResponseHead head);

        /** Ownership passes. */
        void onBody(ByteBuf piece);

        void onEnd(HeaderList trailers);
    }

    private enum State {
        STATUS_LINE,
        FIELDS,
        FIXED,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILERS,
        UNTIL_CLOSE,
        SWITCHED,
        DONE
    }

    private final String method;
    private final boolean mayUpgrade;
    private final Events events;
    private final LineReader lines = new LineReader(MAX_HEAD);
    private final FieldLines fields = new FieldLines();
    private State state = State.STATUS_LINE;
    private @Nullable StatusLine statusLine;
    private long remaining;
    private int interims;
    private boolean anyByte;

    ResponseReader(String method, boolean mayUpgrade, Events events) {
        this.method = method;
        this.mayUpgrade = mayUpgrade;
        this.events = events;
    }

    /** Reads up to the end of the response; what follows it stays in {@code in}. */
    void read(ByteBuf in) {
        anyByte |= in.isReadable();
        while (in.isReadable() && state != State.DONE) {
            switch (state) {
                case STATUS_LINE, FIELDS, CHUNK_SIZE, CHUNK_END, TRAILERS -> readLine(in);
                case FIXED, CHUNK_DATA -> readCounted(in);
                case UNTIL_CLOSE, SWITCHED -> events.onBody(in.readRetainedSlice(in.readableBytes()));
                case DONE -> throw new AssertionError();
            }
        }
    }

    /** The peer sends no more. True when that is a proper end of the response. */
    boolean endOfInput() {
        if (state == State.UNTIL_CLOSE || state == State.SWITCHED) {
            state = State.DONE;
            events.onEnd(new HeaderList(0));
        }
        return state == State.DONE;
    }

    boolean anyByte() {
        return anyByte;
    }

    /** Bytes of the body that are still to come: exact for a fixed length, else a lower bound. */
    long remaining() {
        return remaining;
    }

    private void readLine(ByteBuf in) {
        String line = lines.next(in);
        if (line == null) {
            return;
        }
        switch (state) {
            case STATUS_LINE -> onStatusLine(line);
            case FIELDS -> onField(line);
            case CHUNK_SIZE -> onChunkSize(line);
            case CHUNK_END -> onChunkEnd(line);
            case TRAILERS -> onTrailer(line);
            default -> throw new AssertionError(state);
        }
    }

    private void onStatusLine(String line) {
        if (line.isEmpty()) {
            return; // RFC 9112, 2.2 in spirit: an empty line left over from the message before
        }
        statusLine = StatusLine.parse(line);
        state = State.FIELDS;
    }

    private void onField(String line) {
        if (line.isEmpty()) {
            onHead(statusLine == null ? StatusLine.parse("") : statusLine, fields.take());
        } else {
            fields.add(line);
        }
    }

    private void onHead(StatusLine line, HeaderList headers) {
        lines.startSection();
        if (line.status() == 101) {
            onSwitch(line, headers);
        } else if (line.status() < 200) {
            interim(line, headers);
        } else {
            onFinalHead(line, headers);
        }
    }

    private void onSwitch(StatusLine line, HeaderList headers) {
        if (!mayUpgrade) {
            throw Fault.of(FaultKind.UPSTREAM_PROTOCOL, "101 Switching Protocols without a request for it");
        }
        state = State.SWITCHED;
        events.onSwitched(new ResponseHead(101, line.reason(), headers, -1, Protocol.H1));
    }

    private void interim(StatusLine line, HeaderList headers) {
        if (++interims > MAX_INTERIM) {
            throw Fault.of(FaultKind.UPSTREAM_PROTOCOL, "more than " + MAX_INTERIM + " interim responses");
        }
        state = State.STATUS_LINE;
        ConnectionFields.strip(headers);
        events.onInterim(new ResponseHead(line.status(), line.reason(), headers, 0, Protocol.H1));
    }

    private void onFinalHead(StatusLine line, HeaderList headers) {
        BodyFraming framing = BodyFraming.of(method, line, headers);
        ConnectionFields.strip(headers);
        remaining = Math.max(0, framing.length());
        state = switch (framing.kind()) {
            case NONE -> State.DONE;
            case FIXED -> State.FIXED;
            case CHUNKED -> State.CHUNK_SIZE;
            case UNTIL_CLOSE -> State.UNTIL_CLOSE;
        };
        events.onHead(
                new ResponseHead(line.status(), line.reason(), headers, framing.bodyLength(), Protocol.H1), framing);
        if (state == State.DONE) {
            events.onEnd(new HeaderList(0));
        }
    }

    private void readCounted(ByteBuf in) {
        int length = (int) Math.min(remaining, in.readableBytes());
        remaining -= length;
        ByteBuf piece = in.readRetainedSlice(length);
        if (remaining > 0) {
            events.onBody(piece);
        } else if (state == State.CHUNK_DATA) {
            state = State.CHUNK_END;
            events.onBody(piece);
        } else {
            state = State.DONE;
            events.onBody(piece);
            events.onEnd(new HeaderList(0));
        }
    }

    /** {@code chunk-size [ chunk-ext ]} (RFC 9112, 7.1); extensions are ignored, blanks after the size accepted. */
    private void onChunkSize(String line) {
        lines.startSection();
        int digits = 0;
        long size = 0;
        while (digits < line.length() && Tokens.hexDigit(line.charAt(digits)) >= 0) {
            size = size << 4 | Tokens.hexDigit(line.charAt(digits++));
        }
        String rest = line.substring(digits).trim();
        if (digits == 0 || digits > 15 || !rest.isEmpty() && rest.charAt(0) != ';') {
            throw Fault.of(FaultKind.UPSTREAM_PROTOCOL, "malformed chunk size in the response");
        }
        remaining = size;
        state = size == 0 ? State.TRAILERS : State.CHUNK_DATA;
    }

    private void onChunkEnd(String line) {
        lines.startSection();
        if (!line.isEmpty()) {
            throw Fault.of(FaultKind.UPSTREAM_PROTOCOL, "a chunk of the response is longer than its size says");
        }
        state = State.CHUNK_SIZE;
    }

    private void onTrailer(String line) {
        if (!line.isEmpty()) {
            fields.add(line);
            return;
        }
        HeaderList trailers = fields.take();
        ConnectionFields.stripTrailers(trailers);
        state = State.DONE;
        events.onEnd(trailers);
    }
}
