package io.hotpool.pool.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Frames as bytes, for scripted peers. */
final class Frames {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
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

    record Frame(int type, int flags, int stream, byte[] payload) {
        /** {@code HEADERS 1}; a number for frames that are one: {@code WINDOW_UPDATE 0 15663105}. */
        @Override
        public String toString() {
            String name = NAMES[type] + " " + stream;
            return switch (type) {
                case WINDOW_UPDATE, RST_STREAM ->
                    name + " " + Unpooled.wrappedBuffer(payload).readInt();
                case SETTINGS, PING -> name + ((flags & ACK) != 0 ? " ack" : "");
                case DATA, HEADERS -> name + ((flags & END_STREAM) != 0 ? " end" : "");
                case GOAWAY -> name + " " + Unpooled.wrappedBuffer(payload).getInt(4);
                default -> name;
            };
        }
    }

    private Frames() {}

    static ByteBuf frame(int type, int flags, int stream, byte... payload) {
        return Unpooled.buffer()
                .writeMedium(payload.length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(stream)
                .writeBytes(payload);
    }

    static ByteBuf settings(int... idsAndValues) {
        ByteBuf payload = Unpooled.buffer();
        for (int i = 0; i < idsAndValues.length; i += 2) {
            payload.writeShort(idsAndValues[i]).writeInt(idsAndValues[i + 1]);
        }
        return frame(SETTINGS, 0, 0, ByteBufUtil.getBytes(payload));
    }

    static ByteBuf headers(int stream, boolean end, String... fields) {
        return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(fields));
    }

    static ByteBuf data(int stream, boolean end, String text) {
        return frame(DATA, end ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static ByteBuf data(int stream, int size) {
        return frame(DATA, 0, stream, new byte[size]);
    }

    static ByteBuf reset(int stream, int code) {
        return frame(RST_STREAM, 0, stream, number(code));
    }

    static ByteBuf windowUpdate(int stream, int increment) {
        return frame(WINDOW_UPDATE, 0, stream, number(increment));
    }

    static ByteBuf goAway(int last, int code) {
        return frame(
                GOAWAY,
                0,
                0,
                ByteBufUtil.getBytes(Unpooled.buffer().writeInt(last).writeInt(code)));
    }

    /** Literals without indexing, not Huffman-coded. */
    static byte[] block(String... fields) {
        ByteBuf out = Unpooled.buffer();
        for (int i = 0; i < fields.length; i += 2) {
            out.writeByte(0);
            string(out, fields[i]);
            string(out, fields[i + 1]);
        }
        return ByteBufUtil.getBytes(out);
    }

    private static void string(ByteBuf out, String s) {
        if (s.length() >= 127) {
            out.writeByte(127);
            int rest = s.length() - 127;
            while (rest >= 128) {
                out.writeByte(rest & 127 | 128);
                rest >>= 7;
            }
            out.writeByte(rest);
        } else {
            out.writeByte(s.length());
        }
        out.writeBytes(s.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] number(int value) {
        return ByteBufUtil.getBytes(Unpooled.buffer().writeInt(value));
    }

    /** Everything written since the last call. A connection preface is checked and left out. */
    static List<Frame> sent(EmbeddedChannel channel) {
        channel.runPendingTasks();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            all.writeBytes(out);
            out.release();
        }
        if (all.readableBytes() > 3 && all.getByte(0) == 'P') {
            String preface = all.readCharSequence(PREFACE.length(), StandardCharsets.US_ASCII)
                    .toString();
            if (!preface.equals(PREFACE)) {
                throw new AssertionError("preface: " + preface);
            }
        }
        List<Frame> frames = new ArrayList<>();
        while (all.isReadable()) {
            int length = all.readMedium();
            int type = all.readByte();
            int flags = all.readByte();
            int stream = all.readInt();
            byte[] payload = new byte[length];
            all.readBytes(payload);
            frames.add(new Frame(type, flags, stream, payload));
        }
        return frames;
    }
}
