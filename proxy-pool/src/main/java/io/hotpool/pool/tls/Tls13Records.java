package io.hotpool.pool.tls;

import static io.hotpool.pool.tls.RecordFormat.APPLICATION_DATA;
import static io.hotpool.pool.tls.RecordFormat.HEADER;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.TlsFatalAlert;

/** TLS 1.3 records (RFC 8446, 5.2) with an AEAD of the JDK, in place on the buffers. Confined to the channel's loop. */
final class Tls13Records implements RecordLayer {
    /** RFC 8446, 5.5: AES-GCM keys are good for 2^24.5 full records. */
    private static final long REKEY_AFTER = 1L << 23;

    private static final int MESSAGE_HEADER = 4;
    /** A NewSessionTicket is at most as long as two vectors of 64 KiB. */
    private static final int MAX_MESSAGE = 1 << 17;

    private static final int UPDATE_NOT_REQUESTED = 0;
    private static final int UPDATE_REQUESTED = 1;

    private final AeadSuite suite;
    private final Hkdf hkdf;
    private final int limit;
    private final AeadDirection write;
    private final AeadDirection read;
    private byte[] writeSecret;
    private byte[] readSecret;
    private byte[] message = new byte[0];
    private int idleRecords;

    /** @param limit most application data in a record that is sent */
    Tls13Records(RecordKeys.Tls13 keys, int limit) {
        this.suite = keys.suite();
        this.hkdf = keys.hkdf();
        this.limit = limit;
        this.writeSecret = keys.writeSecret();
        this.readSecret = keys.readSecret();
        this.write = direction(Cipher.ENCRYPT_MODE, writeSecret);
        this.read = direction(Cipher.DECRYPT_MODE, readSecret);
    }

    private AeadDirection direction(int mode, byte[] secret) {
        return new AeadDirection(suite, mode, key(secret), iv(secret), 0);
    }

    private byte[] key(byte[] secret) {
        return hkdf.expandLabel(secret, "key", new byte[0], suite.keySize());
    }

    private byte[] iv(byte[] secret) {
        return hkdf.expandLabel(secret, "iv", new byte[0], AeadSuite.NONCE);
    }

    // Reading.

    @Override
    public void open(ByteBuf record, Events events) throws TlsFatalAlert {
        boolean passed = false;
        try {
            int length = decrypt(record);
            int end = HEADER + length - 1;
            while (end >= HEADER && record.getByte(end) == 0) {
                end--;
            }
            if (end < HEADER) {
                throw new TlsFatalAlert(AlertDescription.unexpected_message, "sent a record without a type");
            }
            int type = record.getUnsignedByte(end);
            record.setIndex(HEADER, end);
            if (record.readableBytes() > RecordFormat.MAX_PLAINTEXT) {
                throw new TlsFatalAlert(AlertDescription.record_overflow, "sent a record that is too long");
            }
            passed = dispatch(type, record, events);
        } finally {
            if (!passed) {
                record.release();
            }
        }
    }

    private int decrypt(ByteBuf record) throws TlsFatalAlert {
        int length = record.readableBytes() - HEADER;
        if (record.getUnsignedByte(0) != APPLICATION_DATA || length <= AeadSuite.TAG) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message, "sent a record without protection");
        }
        if (length > RecordFormat.MAX_CIPHERTEXT_13) {
            throw new TlsFatalAlert(AlertDescription.record_overflow, "sent a record that is too long");
        }
        byte[] header = new byte[HEADER];
        record.getBytes(0, header);
        try {
            return read.crypt(record, HEADER, length, read.maskedNonce(), header);
        } catch (GeneralSecurityException e) {
            throw new TlsFatalAlert(AlertDescription.bad_record_mac, "sent a record that cannot be decrypted", e);
        }
    }

    /** True when the record went to the receiver. */
    private boolean dispatch(int type, ByteBuf content, Events events) throws TlsFatalAlert {
        if (message.length > 0 && type != RecordFormat.HANDSHAKE) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message, "interrupted a handshake message");
        }
        if (type == APPLICATION_DATA && content.isReadable()) {
            idleRecords = 0;
            events.data(content);
            return true;
        }
        if (++idleRecords > RecordFormat.MAX_IDLE_RECORDS) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message, "sent too many records without data");
        }
        switch (type) {
            case APPLICATION_DATA -> {}
            case RecordFormat.HANDSHAKE -> handshake(content, events);
            case RecordFormat.ALERT -> alert(content, events);
            default -> throw new TlsFatalAlert(AlertDescription.unexpected_message, "sent a record of type " + type);
        }
        return false;
    }

    private static void alert(ByteBuf content, Events events) throws TlsFatalAlert {
        if (content.readableBytes() != 2) {
            throw new TlsFatalAlert(AlertDescription.decode_error, "sent a malformed alert");
        }
        int description = content.getUnsignedByte(content.readerIndex() + 1);
        if (description == RecordFormat.CLOSE_NOTIFY) {
            events.closed();
        } else if (description != AlertDescription.user_canceled) {
            events.aborted(description);
        }
    }

    private void handshake(ByteBuf content, Events events) throws TlsFatalAlert {
        int old = message.length;
        if (!content.isReadable() || old + content.readableBytes() > MAX_MESSAGE + RecordFormat.MAX_PLAINTEXT) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message, "sent a handshake message that is too long");
        }
        byte[] all = Arrays.copyOf(message, old + content.readableBytes());
        content.readBytes(all, old, all.length - old);
        int position = 0;
        while (all.length - position >= MESSAGE_HEADER) {
            int size = (all[position + 1] & 0xff) << 16 | (all[position + 2] & 0xff) << 8 | all[position + 3] & 0xff;
            int end = position + MESSAGE_HEADER + size;
            if (size > MAX_MESSAGE) {
                throw new TlsFatalAlert(AlertDescription.decode_error, "sent a handshake message that is too long");
            }
            if (end > all.length) {
                break;
            }
            message(all[position], Arrays.copyOfRange(all, position + MESSAGE_HEADER, end), end == all.length, events);
            position = end;
        }
        message = Arrays.copyOfRange(all, position, all.length);
    }

    private void message(int type, byte[] body, boolean lastInRecord, Events events) throws TlsFatalAlert {
        switch (type) {
            case HandshakeType.new_session_ticket -> events.ticket(body);
            case HandshakeType.key_update -> keyUpdate(body, lastInRecord, events);
            default ->
                throw new TlsFatalAlert(
                        AlertDescription.unexpected_message, "sent a handshake message of type " + type);
        }
    }

    /** RFC 8446, 4.6.3. Handshake messages must not span a change of keys (5.1). */
    private void keyUpdate(byte[] body, boolean lastInRecord, Events events) throws TlsFatalAlert {
        if (body.length != 1 || body[0] != UPDATE_NOT_REQUESTED && body[0] != UPDATE_REQUESTED) {
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, "sent a malformed key update");
        }
        if (!lastInRecord) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message, "sent a message across a key update");
        }
        readSecret = next(readSecret);
        read.rekey(key(readSecret), iv(readSecret));
        // One answer is enough for all that is asked meanwhile; without end it would be a way to fill our memory.
        if (body[0] == UPDATE_REQUESTED && !events.replyWaits()) {
            events.reply(updateWriteKey(ByteBufAllocator.DEFAULT));
        }
    }

    private byte[] next(byte[] secret) {
        return hkdf.expandLabel(secret, "traffic upd", new byte[0], hkdf.size());
    }

    // Writing.

    @Override
    public int limit() {
        return limit;
    }

    @Override
    public ByteBuf prepare(ByteBufAllocator allocator, int length) {
        return allocator.ioBuffer(HEADER + length + 1 + AeadSuite.TAG).writerIndex(HEADER);
    }

    @Override
    public ByteBuf seal(ByteBufAllocator allocator, ByteBuf prepared) {
        if (write.sequence() < REKEY_AFTER) {
            return seal(APPLICATION_DATA, prepared);
        }
        ByteBuf update = updateWriteKey(allocator);
        ByteBuf data = seal(APPLICATION_DATA, prepared);
        return allocator.compositeBuffer(2).addComponents(true, update, data);
    }

    @Override
    public ByteBuf alert(ByteBufAllocator allocator, int level, int description) {
        return seal(RecordFormat.ALERT, prepare(allocator, 2).writeByte(level).writeByte(description));
    }

    private ByteBuf updateWriteKey(ByteBufAllocator allocator) {
        ByteBuf update = prepare(allocator, MESSAGE_HEADER + 1)
                .writeByte(HandshakeType.key_update)
                .writeMedium(1)
                .writeByte(UPDATE_NOT_REQUESTED);
        ByteBuf record = seal(RecordFormat.HANDSHAKE, update);
        writeSecret = next(writeSecret);
        write.rekey(key(writeSecret), iv(writeSecret));
        return record;
    }

    private ByteBuf seal(int type, ByteBuf record) {
        record.writeByte(type);
        int length = record.writerIndex() - HEADER;
        int protectedLength = length + AeadSuite.TAG;
        byte[] header = {
            APPLICATION_DATA, 3, 3, (byte) (protectedLength >>> 8), (byte) protectedLength,
        };
        record.setBytes(0, header);
        try {
            write.crypt(record, HEADER, length, write.maskedNonce(), header);
        } catch (GeneralSecurityException e) {
            record.release();
            throw new IllegalStateException(e);
        }
        return record.setIndex(0, HEADER + protectedLength);
    }
}
