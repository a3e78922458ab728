package io.hotpool.pool.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.bouncycastle.tls.TlsFatalAlert;

/** Protects the records of a connection after its handshake. Confined to the channel's loop. */
interface RecordLayer {

    /**
     * Takes one whole record over and reports what was in it.
     *
     * @throws TlsFatalAlert when the peer broke the protocol: {@link #alert} is to be sent and the connection closed
     */
    void open(ByteBuf record, Events events) throws TlsFatalAlert;

    /** Most bytes for one record. */
    int limit();

    /** A buffer that the caller writes {@code length} bytes of application data to, for {@link #seal}. */
    ByteBuf prepare(ByteBufAllocator allocator, int length);

    /** Turns a prepared and filled buffer into records ready to be sent, and takes it over. */
    ByteBuf seal(ByteBufAllocator allocator, ByteBuf prepared);

    /** An alert as a record. */
    ByteBuf alert(ByteBufAllocator allocator, int level, int description);

    /** What a record led to; called inside {@link #open}. */
    interface Events {
        /** The receiver owns it. */
        void data(ByteBuf plaintext);

        /** To be sent at once. */
        void reply(ByteBuf records);

        /** An earlier reply has not left yet: the peer asks and does not read. */
        boolean replyWaits();

        /** The body of a TLS 1.3 NewSessionTicket. */
        void ticket(byte[] message) throws TlsFatalAlert;

        /** close_notify: nothing comes after it. */
        void closed();

        /** The peer ended the connection with an alert. */
        void aborted(int alert);
    }
}
