package io.hotpool.pool.tls;

import static io.hotpool.pool.tls.RecordFormat.HEADER;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * TLS 1.2 records with an AEAD of the JDK (RFC 5246, 6.2.3.3; RFC 5288; RFC 7905), in place on the buffers. Confined to the
 * channel's loop.
 */
final class Tls12Records implements RecordLayer {
    private final AeadSuite suite;
    private final int limit;
    private final int explicit;
    private final AeadDirection write;
    private final AeadDirection read;
    private int idleRecords;

    /** @param limit most application data in a record that is sent */
    Tls12Records(RecordKeys.Tls12 keys, int limit) {
        this.suite = keys.suite();
        this.limit = limit;
        this.explicit = suite.explicitNonce12();
        this.write = new AeadDirection(suite, Cipher.ENCRYPT_MODE, keys.writeKey(), keys.writeIv(), 1);
        this.read = new AeadDirection(suite, Cipher.DECRYPT_MODE, keys.readKey(), keys.readIv(), 1);
    }

    @Override
    public void open(ByteBuf record, Events events) throws TlsFatalAlert {
        boolean passed = false;
        try {
            int type = record.getUnsignedByte(0);
            decrypt(type, record);
            passed = dispatch(type, record, events);
        } finally {
            if (!passed) {
                record.release();
            }
        }
    }

    private void decrypt(int type, ByteBuf record) throws TlsFatalAlert {
        int start = HEADER + explicit;
        int length = record.readableBytes() - start;
        if (length < AeadSuite.TAG) {
            throw new TlsFatalAlert(AlertDescription.decode_error, "sent a record that is too short");
        }
        int plain = length - AeadSuite.TAG;
        if (plain > RecordFormat.MAX_PLAINTEXT) {
            throw new TlsFatalAlert(AlertDescription.record_overflow, "sent a record that is too long");
        }
        byte[] nonce = suite.gcm() ? read.explicitNonce(record.getLong(HEADER)) : read.maskedNonce();
        try {
            read.crypt(record, start, length, nonce, additional(read.sequence(), type, plain));
        } catch (GeneralSecurityException e) {
            throw new TlsFatalAlert(AlertDescription.bad_record_mac, "sent a record that cannot be decrypted", e);
        }
        record.setIndex(start, start + plain);
    }

    private boolean dispatch(int type, ByteBuf content, Events events) throws TlsFatalAlert {
        if (type == RecordFormat.APPLICATION_DATA && content.isReadable()) {
            idleRecords = 0;
            events.data(content);
            return true;
        }
        if (++idleRecords > RecordFormat.MAX_IDLE_RECORDS) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message, "sent too many records without data");
        }
        switch (type) {
            case RecordFormat.APPLICATION_DATA -> {}
            case RecordFormat.ALERT -> alert(content, events);
            case RecordFormat.HANDSHAKE ->
                throw new TlsFatalAlert(
                        AlertDescription.no_renegotiation, "asked for a renegotiation, which is refused");
            default -> throw new TlsFatalAlert(AlertDescription.unexpected_message, "sent a record of type " + type);
        }
        return false;
    }

    private static void alert(ByteBuf content, Events events) throws TlsFatalAlert {
        if (content.readableBytes() != 2) {
            throw new TlsFatalAlert(AlertDescription.decode_error, "sent a malformed alert");
        }
        int level = content.readUnsignedByte();
        int description = content.readUnsignedByte();
        if (description == RecordFormat.CLOSE_NOTIFY) {
            events.closed();
        } else if (level != RecordFormat.WARNING) {
            events.aborted(description);
        }
    }

    @Override
    public int limit() {
        return limit;
    }

    @Override
    public ByteBuf prepare(ByteBufAllocator allocator, int length) {
        return allocator.ioBuffer(HEADER + explicit + length + AeadSuite.TAG).writerIndex(HEADER + explicit);
    }

    @Override
    public ByteBuf seal(ByteBufAllocator allocator, ByteBuf prepared) {
        return seal(RecordFormat.APPLICATION_DATA, prepared);
    }

    @Override
    public ByteBuf alert(ByteBufAllocator allocator, int level, int description) {
        return seal(RecordFormat.ALERT, prepare(allocator, 2).writeByte(level).writeByte(description));
    }

    private ByteBuf seal(int type, ByteBuf record) {
        int start = HEADER + explicit;
        int length = record.writerIndex() - start;
        long sequence = write.sequence();
        byte[] nonce = suite.gcm() ? write.explicitNonce(sequence) : write.maskedNonce();
        record.setByte(0, type).setShort(1, RecordFormat.VERSION).setShort(3, explicit + length + AeadSuite.TAG);
        if (suite.gcm()) {
            record.setLong(HEADER, sequence);
        }
        try {
            write.crypt(record, start, length, nonce, additional(sequence, type, length));
        } catch (GeneralSecurityException e) {
            record.release();
            throw new IllegalStateException(e);
        }
        return record.setIndex(0, start + length + AeadSuite.TAG);
    }

    /** RFC 5246, 6.2.3.3. */
    private static byte[] additional(long sequence, int type, int length) {
        byte[] data = new byte[13];
        for (int i = 0; i < 8; i++) {
            data[7 - i] = (byte) (sequence >>> (8 * i));
        }
        data[8] = (byte) type;
        data[9] = 3;
        data[10] = 3;
        data[11] = (byte) (length >>> 8);
        data[12] = (byte) length;
        return data;
    }
}
