package io.hotpool.pool.fingerprint;

import io.hotpool.pool.fingerprint.Http2Opening.HeaderField;
import io.hotpool.pool.fingerprint.Http2Opening.Priority;
import io.hotpool.pool.fingerprint.Http2Opening.Setting;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Parses the first bytes that a client sends on an HTTP/2 connection (RFC 9113, 3.4 and 6). Bounded. */
public final class Http2OpeningParser {
    /** Bytes that are looked at; an opening that is longer is refused. */
    public static final int MAX_LENGTH = 65536;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String[] NAMES = {
        "DATA",
        "HEADERS",
        "PRIORITY",
        "RST_STREAM",
        "SETTINGS",
        "PUSH_PROMISE",
        "PING",
        "GOAWAY",
        "WINDOW_UPDATE",
        "CONTINUATION"
    };
    private static final int HEADERS = 1;
    private static final int PRIORITY = 2;
    private static final int SETTINGS = 4;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int ACK = 0x1;
    private static final int END_HEADERS = 0x4;
    private static final int PADDED = 0x8;
    private static final int HAS_PRIORITY = 0x20;
    private static final int FRAME_HEADER = 9;

    private final List<Setting> settings = new ArrayList<>();
    private final List<Priority> priorityFrames = new ArrayList<>();
    private final List<String> frames = new ArrayList<>();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private long windowUpdate;
    private int firstStreamId;
    private @Nullable Priority headersPriority;

    private Http2OpeningParser() {}

    /**
     * @param bytes all that arrived so far, the preface included; what follows the first HEADERS is not looked at, but for
     *     a WINDOW_UPDATE right behind it
     * @return empty when more bytes are needed
     * @throws MalformedInputException when it is not HTTP/2
     */
    public static Optional<Http2Opening> parse(byte[] bytes) {
        int prefix = Math.min(bytes.length, PREFACE.length);
        if (!Arrays.equals(bytes, 0, prefix, PREFACE, 0, prefix)) {
            throw new MalformedInputException("preface: not that of HTTP/2");
        }
        Optional<Http2Opening> opening =
                prefix < PREFACE.length ? Optional.empty() : new Http2OpeningParser().frames(reader(bytes));
        if (opening.isEmpty() && bytes.length > MAX_LENGTH) {
            throw new MalformedInputException("opening: no HEADERS in " + MAX_LENGTH + " bytes");
        }
        return opening;
    }

    private static ByteReader reader(byte[] bytes) {
        ByteReader reader = new ByteReader(bytes);
        reader.take(PREFACE.length, "preface");
        return reader;
    }

    private Optional<Http2Opening> frames(ByteReader bytes) {
        while (bytes.left() >= FRAME_HEADER) {
            int length = bytes.u24("frame length");
            int type = bytes.u8("frame type");
            int flags = bytes.u8("frame flags");
            int stream = (int) (bytes.u32("stream") & 0x7fff_ffff);
            if (length > MAX_LENGTH) {
                throw new MalformedInputException("frame length: " + length + " (at most " + MAX_LENGTH + ")");
            }
            if (bytes.left() < length) {
                return Optional.empty();
            }
            frames.add(type < NAMES.length ? NAMES[type] : "0x" + Integer.toHexString(type));
            if (frame(type, flags, stream, bytes.part(length, "frame"))) {
                return Optional.of(opening(streamWindowUpdate(bytes)));
            }
        }
        return Optional.empty();
    }

    /** True when the first header block is whole. */
    private boolean frame(int type, int flags, int stream, ByteReader body) {
        if (frames.size() == 1 && type != SETTINGS) {
            throw new MalformedInputException("first frame: " + frames.get(0) + " instead of SETTINGS");
        }
        if (!block(type)) {
            throw new MalformedInputException("frame " + frames.get(frames.size() - 1) + ": inside a header block");
        }
        switch (type) {
            case SETTINGS -> settings(flags, body);
            case WINDOW_UPDATE -> windowUpdate(stream, body);
            case PRIORITY -> priorityFrames.add(priority(stream, body));
            case HEADERS -> headers(flags, stream, body);
            case CONTINUATION -> block.writeBytes(body.rest());
            default -> {}
        }
        return (type == HEADERS || type == CONTINUATION) && (flags & END_HEADERS) != 0;
    }

    /** RFC 9113, 6.10: nothing but CONTINUATION between HEADERS and END_HEADERS. */
    private boolean block(int type) {
        return (firstStreamId == 0) == (type != CONTINUATION);
    }

    private long streamWindowUpdate(ByteReader bytes) {
        if (bytes.left() < FRAME_HEADER + 4 || bytes.u24("frame length") != 4) {
            return 0;
        }
        boolean update = bytes.u8("frame type") == WINDOW_UPDATE;
        bytes.u8("frame flags");
        boolean ofTheRequest = bytes.u32("stream") == firstStreamId;
        return update && ofTheRequest ? bytes.u32("window update") & 0x7fff_ffffL : 0;
    }

    private void settings(int flags, ByteReader body) {
        boolean first = frames.size() == 1;
        while (body.hasMore()) {
            Setting setting = new Setting(body.u16("setting"), body.u32("setting"));
            if (first && (flags & ACK) == 0) {
                settings.add(setting);
            }
        }
    }

    private void windowUpdate(int stream, ByteReader body) {
        long increment = body.u32("window update") & 0x7fff_ffffL;
        if (stream == 0 && windowUpdate == 0) {
            windowUpdate = increment;
        }
    }

    private static Priority priority(int stream, ByteReader body) {
        long dependsOn = body.u32("priority");
        return new Priority(stream, dependsOn >> 31 == 1, (int) (dependsOn & 0x7fff_ffff), body.u8("weight") + 1);
    }

    private void headers(int flags, int stream, ByteReader body) {
        int padding = (flags & PADDED) != 0 ? body.u8("padding") : 0;
        if ((flags & HAS_PRIORITY) != 0) {
            headersPriority = priority(stream, body);
        }
        if (padding > body.left()) {
            throw new MalformedInputException("padding: " + padding + " bytes of " + body.left());
        }
        firstStreamId = stream;
        block.writeBytes(body.take(body.left() - padding, "header block"));
    }

    private Http2Opening opening(long streamWindowUpdate) {
        return new Http2Opening(
                List.copyOf(settings),
                windowUpdate,
                List.copyOf(priorityFrames),
                firstStreamId,
                headersPriority,
                decode(),
                streamWindowUpdate,
                List.copyOf(frames));
    }

    private List<HeaderField> decode() {
        ByteBuf bytes = Unpooled.wrappedBuffer(block.toByteArray());
        try {
            Http2Headers headers =
                    new DefaultHttp2HeadersDecoder(false, MAX_LENGTH).decodeHeaders(firstStreamId, bytes);
            List<HeaderField> fields = new ArrayList<>();
            headers.forEach(h -> fields.add(
                    new HeaderField(h.getKey().toString(), h.getValue().toString())));
            return List.copyOf(fields);
        } catch (Http2Exception e) {
            throw new MalformedInputException("header block: " + e.getMessage());
        } finally {
            bytes.release();
        }
    }
}
