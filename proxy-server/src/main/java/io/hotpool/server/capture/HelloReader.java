package io.hotpool.server.capture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Optional;

/** Finds the records of a ClientHello among the first bytes of a connection. */
final class HelloReader {
    static final int LONGEST = 64 * 1024;

    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE_HEADER = 4;
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int HANDSHAKE = 22;

    private HelloReader() {}

    /**
     * The records up to the one with the last byte of the message; a change_cipher_spec before it (RFC 8446, D.4) is passed
     * over. The bytes are not consumed.
     *
     * @return empty when more bytes are needed
     * @throws IllegalArgumentException when it is no ClientHello
     */
    static Optional<byte[]> read(ByteBuf bytes) {
        int start = bytes.readerIndex();
        int at = start;
        int message = -1;
        int gathered = 0;
        while (bytes.writerIndex() - at >= RECORD_HEADER) {
            int type = bytes.getUnsignedByte(at);
            int length = bytes.getUnsignedShort(at + 3);
            if (type == CHANGE_CIPHER_SPEC && gathered == 0 && bytes.writerIndex() - at >= RECORD_HEADER + length) {
                at += RECORD_HEADER + length;
                start = at;
                continue;
            }
            if (type != HANDSHAKE && type != CHANGE_CIPHER_SPEC) {
                throw new IllegalArgumentException("TLS record of type " + type);
            }
            if (bytes.writerIndex() - at < RECORD_HEADER + length) {
                return Optional.empty();
            }
            if (message < 0 && length >= HANDSHAKE_HEADER) {
                message = HANDSHAKE_HEADER + bytes.getUnsignedMedium(at + RECORD_HEADER + 1);
            }
            gathered += length;
            at += RECORD_HEADER + length;
            if (message > LONGEST || message >= 0 && gathered > message) {
                throw new IllegalArgumentException("no ClientHello");
            }
            if (gathered == message) {
                return Optional.of(ByteBufUtil.getBytes(bytes, start, at - start));
            }
        }
        return Optional.empty();
    }
}
