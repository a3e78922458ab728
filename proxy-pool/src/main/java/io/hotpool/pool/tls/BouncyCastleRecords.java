package io.hotpool.pool.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;

/**
 * TLS 1.2 records with a block cipher, by BouncyCastle (its checks take constant time). Copies; rare. Confined to the
 * channel's loop from the end of the handshake on.
 */
final class BouncyCastleRecords implements RecordLayer {
    private final BrowserProtocol protocol;
    private final int limit;

    BouncyCastleRecords(BrowserProtocol protocol, int limit) {
        this.protocol = protocol;
        this.limit = limit;
    }

    @Override
    public void open(ByteBuf record, Events events) throws TlsFatalAlert {
        byte[] bytes = new byte[record.readableBytes()];
        record.readBytes(bytes);
        record.release();
        try {
            protocol.offerInput(bytes);
        } catch (TlsFatalAlertReceived e) {
            events.aborted(e.getAlertDescription());
            return;
        } catch (TlsFatalAlert e) {
            throw e;
        } catch (IOException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
        byte[] plaintext = new byte[protocol.getAvailableInputBytes()];
        protocol.readInput(plaintext, 0, plaintext.length);
        if (plaintext.length > 0) {
            events.data(Unpooled.wrappedBuffer(plaintext));
        }
        if (protocol.getAvailableOutputBytes() > 0) {
            events.reply(output());
        }
        if (protocol.isClosed()) {
            events.closed();
        }
    }

    @Override
    public int limit() {
        return limit;
    }

    @Override
    public ByteBuf prepare(ByteBufAllocator allocator, int length) {
        return allocator.heapBuffer(length);
    }

    @Override
    public ByteBuf seal(ByteBufAllocator allocator, ByteBuf prepared) {
        try {
            protocol.writeApplicationData(
                    prepared.array(), prepared.arrayOffset() + prepared.readerIndex(), prepared.readableBytes());
            return output();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            prepared.release();
        }
    }

    /** BouncyCastle has sent its own alert for everything but the close. */
    @Override
    public ByteBuf alert(ByteBufAllocator allocator, int level, int description) {
        try {
            protocol.close();
        } catch (IOException e) {
            return Unpooled.EMPTY_BUFFER;
        }
        return output();
    }

    private ByteBuf output() {
        byte[] records = new byte[protocol.getAvailableOutputBytes()];
        protocol.readOutput(records, 0, records.length);
        return Unpooled.wrappedBuffer(records);
    }
}
