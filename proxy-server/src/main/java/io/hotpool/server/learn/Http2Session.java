package io.hotpool.server.learn;

import io.hotpool.pool.fingerprint.Http2Opening;
import io.hotpool.pool.fingerprint.Http2Opening.Priority;
import io.hotpool.pool.fingerprint.Http2OpeningParser;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a client sent on one HTTP/2 connection.
 *
 * @param opening up to its first request
 * @param requests in order
 */
public record Http2Session(Http2Opening opening, List<Request> requests) {
    private static final int PREFACE = 24;
    private static final int FRAME_HEADER = 9;
    private static final int HEADERS = 1;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int END_HEADERS = 0x4;
    private static final int PADDED = 0x8;
    private static final int PRIORITY = 0x20;

    /**
     * @param priority null: no priority flag
     * @param windowUpdate increment of the WINDOW_UPDATE that follows on its stream; 0: none does
     */
    public record Request(int stream, @Nullable Priority priority, List<HpackField> fields, long windowUpdate) {
        /** Of the first field of that name; empty: there is none. */
        public String value(String name) {
            return fields.stream()
                    .filter(field -> field.name().equals(name))
                    .map(HpackField::value)
                    .findFirst()
                    .orElse("");
        }
    }

    private static final class Reading {
        final HpackBlocks blocks = new HpackBlocks();
        final List<Request> requests = new ArrayList<>();
        final Map<Integer, Integer> numbers = new HashMap<>();
        final ByteArrayOutputStream block = new ByteArrayOutputStream();

        @Nullable
        Priority priority;
    }

    /**
     * @param bytes decrypted, from the preface on; a frame that is cut at the end is left out
     * @throws LearnException when nothing can be learnt from them
     */
    public static Http2Session read(byte[] bytes) {
        Http2Opening opening = Http2OpeningParser.parse(bytes)
                .orElseThrow(() -> new LearnException("an HTTP/2 connection without a request"));
        ByteBuffer frames = ByteBuffer.wrap(bytes, PREFACE, bytes.length - PREFACE);
        Reading reading = new Reading();
        while (frames.remaining() >= FRAME_HEADER) {
            int word = frames.getInt();
            int length = word >>> 8;
            int type = word & 0xff;
            int flags = Byte.toUnsignedInt(frames.get());
            int stream = frames.getInt() & Integer.MAX_VALUE;
            if (frames.remaining() < length) {
                break;
            }
            ByteBuffer payload = frames.slice(frames.position(), length);
            frames.position(frames.position() + length);
            frame(reading, type, flags, stream, payload);
        }
        return new Http2Session(opening, List.copyOf(reading.requests));
    }

    private static void frame(Reading reading, int type, int flags, int stream, ByteBuffer payload) {
        switch (type) {
            case HEADERS -> {
                int padding = (flags & PADDED) == 0 ? 0 : Byte.toUnsignedInt(payload.get());
                reading.priority = (flags & PRIORITY) == 0 ? null : priority(stream, payload);
                payload.limit(payload.limit() - padding);
                gather(reading, payload);
                headers(reading, flags, stream);
            }
            case CONTINUATION -> {
                gather(reading, payload);
                headers(reading, flags, stream);
            }
            case WINDOW_UPDATE -> windowUpdate(reading, stream, payload);
            default -> {}
        }
    }

    private static Priority priority(int stream, ByteBuffer payload) {
        int dependsOn = payload.getInt();
        return new Priority(
                stream, dependsOn < 0, dependsOn & Integer.MAX_VALUE, Byte.toUnsignedInt(payload.get()) + 1);
    }

    private static void gather(Reading reading, ByteBuffer payload) {
        byte[] part = new byte[payload.remaining()];
        payload.get(part);
        reading.block.writeBytes(part);
    }

    private static void headers(Reading reading, int flags, int stream) {
        if ((flags & END_HEADERS) == 0) {
            return;
        }
        List<HpackField> fields = reading.blocks.read(stream, reading.block.toByteArray());
        reading.block.reset();
        if (reading.numbers.putIfAbsent(stream, reading.requests.size()) == null) { // else trailers
            reading.requests.add(new Request(stream, reading.priority, fields, 0));
        }
    }

    private static void windowUpdate(Reading reading, int stream, ByteBuffer payload) {
        Integer number = reading.numbers.get(stream);
        if (number != null && number == reading.requests.size() - 1) {
            Request request = reading.requests.get(number);
            if (request.windowUpdate() == 0) {
                reading.requests.set(
                        number, new Request(stream, request.priority(), request.fields(), payload.getInt()));
            }
        }
    }
}
