package io.hotpool.server.selftest;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Between the socket and TLS: keeps the records of the ClientHello, and reads from the ServerHello whether it resumes. */
final class HelloTap extends ChannelDuplexHandler {
    private static final int LONGEST = 64 * 1024;
    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE_HEADER = 4;
    private static final int PRE_SHARED_KEY = 41;

    private final Sighting sighting;
    private final ByteArrayOutputStream in = new ByteArrayOutputStream();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private boolean answered;

    HelloTap(Sighting sighting) {
        this.sighting = sighting;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (sighting.hello.size() == 0 && in.size() < LONGEST && message instanceof ByteBuf bytes) {
            copy(bytes, in);
            keepHello();
        }
        ctx.fireChannelRead(message);
    }

    /** The records up to the one with the last byte of the message. */
    private void keepHello() {
        ByteBuffer bytes = ByteBuffer.wrap(in.toByteArray());
        int message = -1;
        int gathered = 0;
        while (bytes.remaining() >= RECORD_HEADER) {
            int length = Short.toUnsignedInt(bytes.getShort(bytes.position() + 3));
            if (bytes.remaining() < RECORD_HEADER + length) {
                return;
            }
            bytes.position(bytes.position() + RECORD_HEADER);
            if (message < 0 && length >= HANDSHAKE_HEADER) {
                message = HANDSHAKE_HEADER + (bytes.getInt(bytes.position()) & 0xffffff);
            }
            bytes.position(bytes.position() + length);
            gathered += length;
            if (message >= 0 && gathered >= message) {
                sighting.hello.write(in.toByteArray(), 0, bytes.position());
                in.reset();
                return;
            }
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (!answered && message instanceof ByteBuf bytes) {
            copy(bytes, out);
            readServerHello();
        }
        ctx.write(message, promise);
    }

    /** RFC 8446, 4.1.3: after version, random, session id, suite and compression come the extensions. */
    private void readServerHello() {
        ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray());
        if (bytes.remaining() < RECORD_HEADER
                || bytes.remaining() < RECORD_HEADER + Short.toUnsignedInt(bytes.getShort(3))) {
            return;
        }
        answered = true;
        out.reset();
        if (bytes.get(0) != 22 || bytes.get(RECORD_HEADER) != 2) {
            return;
        }
        bytes.position(RECORD_HEADER + HANDSHAKE_HEADER + 2 + 32);
        bytes.position(bytes.position() + 1 + Byte.toUnsignedInt(bytes.get(bytes.position())) + 3);
        int end = bytes.position() + 2 + Short.toUnsignedInt(bytes.getShort(bytes.position()));
        bytes.position(bytes.position() + 2);
        while (bytes.position() < end) {
            sighting.resumed |= bytes.getShort() == PRE_SHARED_KEY;
            int length = Short.toUnsignedInt(bytes.getShort());
            bytes.position(bytes.position() + length);
        }
    }

    private static void copy(ByteBuf from, ByteArrayOutputStream to) {
        byte[] bytes = new byte[from.readableBytes()];
        from.getBytes(from.readerIndex(), bytes);
        to.writeBytes(bytes);
    }
}
