package io.hotpool.pool.tls;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The body of EncryptedExtensions (RFC 8446, 4.3.1) with record_size_limit set apart: servers answer with it there (RFC 8449,
 * section 4), and BouncyCastle refuses to see it.
 *
 * @param message as it came
 * @param withoutRecordSizeLimit the same without the first one; as it came when there is none
 * @param recordSizeLimit its data; null when there is none
 */
record EncryptedExtensions(byte[] message, byte[] withoutRecordSizeLimit, byte @Nullable [] recordSizeLimit) {

    /** What cannot be read is left to BouncyCastle to refuse. */
    static EncryptedExtensions read(byte[] message) {
        try {
            return split(message);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return new EncryptedExtensions(message, message, null);
        }
    }

    private static EncryptedExtensions split(byte[] message) {
        ByteBuffer bytes = ByteBuffer.wrap(message);
        bytes.getShort();
        while (bytes.hasRemaining()) {
            int start = bytes.position();
            int type = Short.toUnsignedInt(bytes.getShort());
            byte[] data = new byte[Short.toUnsignedInt(bytes.getShort())];
            bytes.get(data);
            if (type == ExtensionTypes.RECORD_SIZE_LIMIT) {
                return new EncryptedExtensions(message, without(message, start, bytes.position()), data);
            }
        }
        return new EncryptedExtensions(message, message, null);
    }

    private static byte[] without(byte[] message, int from, int to) {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        int length = Short.toUnsignedInt(ByteBuffer.wrap(message).getShort()) - (to - from);
        rest.write(length >> 8);
        rest.write(length);
        rest.writeBytes(Arrays.copyOfRange(message, 2, from));
        rest.writeBytes(Arrays.copyOfRange(message, to, message.length));
        return rest.toByteArray();
    }
}
