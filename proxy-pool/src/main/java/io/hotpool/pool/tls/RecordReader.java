package io.hotpool.pool.tls;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Cuts the byte stream into records (RFC 8446, 5.1). Pure. */
final class RecordReader {
    private RecordReader() {}

    /**
     * The next whole record as a retained slice; null when more bytes are needed.
     *
     * @param open the handshake is over
     * @throws Fault when the bytes are no TLS records
     */
    static @Nullable ByteBuf next(ByteBuf received, boolean open) {
        int readable = received.readableBytes();
        if (readable == 0) {
            return null;
        }
        int start = received.readerIndex();
        int type = received.getUnsignedByte(start);
        if (type < RecordFormat.CHANGE_CIPHER_SPEC || type > RecordFormat.APPLICATION_DATA) {
            throw notTls(open, "sent bytes that are not TLS");
        }
        if (readable < RecordFormat.HEADER) {
            return null;
        }
        if (received.getUnsignedByte(start + 1) != 3) {
            throw notTls(open, "sent a record of an unknown version");
        }
        int length = received.getUnsignedShort(start + 3);
        if (length > RecordFormat.MAX_CIPHERTEXT_12) {
            throw notTls(open, "sent a record that is too long (" + length + " bytes)");
        }
        int size = RecordFormat.HEADER + length;
        return readable < size ? null : received.readRetainedSlice(size);
    }

    private static Fault notTls(boolean open, String what) {
        return open
                ? Fault.of(FaultKind.UPSTREAM_PROTOCOL, "the origin " + what)
                : HandshakeFaults.failed("the origin " + what, null);
    }
}
