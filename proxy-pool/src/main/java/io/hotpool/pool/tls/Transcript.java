package io.hotpool.pool.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.crypto.CryptoHashAlgorithm;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsHash;
import org.bouncycastle.util.encoders.Hex;

/**
 * The handshake messages of a TLS 1.3 connection, both ways and in order (RFC 8446, 4.4.1), which BouncyCastle keeps to
 * itself.
 */
final class Transcript {
    /** The random of a HelloRetryRequest (RFC 8446, 4.1.3). */
    private static final byte[] RETRY = Hex.decode("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

    private static final int HEADER = 4;
    private static final int SERVER_RANDOM = HEADER + 2;
    private static final int TLS_AES_256_GCM_SHA384 = 0x1302;

    private final TlsCrypto crypto;
    private final ByteArrayOutputStream messages = new ByteArrayOutputStream(8192);
    private int lastReceived;

    Transcript(TlsCrypto crypto) {
        this.crypto = crypto;
    }

    void sent(byte[] data, int offset, int length) {
        messages.write(data, offset, length);
    }

    void received(short type, HandshakeMessageInput message) {
        if (type == HandshakeType.server_hello) {
            Copy copy = new Copy(new ByteArrayOutputStream());
            message.updateHash(copy);
            serverHello(copy.target.toByteArray());
        } else if (type != HandshakeType.new_session_ticket && type != HandshakeType.key_update) {
            lastReceived = messages.size();
            message.updateHash(new Copy(messages));
        }
    }

    /** Of everything so far. */
    byte[] hash(int cryptoHashAlgorithm) {
        return hash(cryptoHashAlgorithm, messages.toByteArray());
    }

    /** Of everything before the message received last. */
    byte[] hashBeforeLast(int cryptoHashAlgorithm) {
        return hash(cryptoHashAlgorithm, Arrays.copyOf(messages.toByteArray(), lastReceived));
    }

    /** A HelloRetryRequest turns the first hello into its hash (RFC 8446, 4.4.1). */
    private void serverHello(byte[] message) {
        if (isRetry(message)) {
            byte[] firstHello = hash(retryHash(message), messages.toByteArray());
            messages.reset();
            messages.writeBytes(new WireOutput()
                    .u8(HandshakeType.message_hash)
                    .u24(firstHello.length)
                    .raw(firstHello)
                    .toByteArray());
        }
        messages.writeBytes(message);
    }

    private static boolean isRetry(byte[] message) {
        int end = SERVER_RANDOM + RETRY.length;
        return message.length > end && Arrays.equals(message, SERVER_RANDOM, end, RETRY, 0, RETRY.length);
    }

    private static int retryHash(byte[] message) {
        int sessionId = SERVER_RANDOM + RETRY.length;
        int suite = sessionId + 1 + (message[sessionId] & 0xff);
        boolean sha384 = suite + 1 < message.length
                && ((message[suite] & 0xff) << 8 | message[suite + 1] & 0xff) == TLS_AES_256_GCM_SHA384;
        return sha384 ? CryptoHashAlgorithm.sha384 : CryptoHashAlgorithm.sha256;
    }

    private byte[] hash(int cryptoHashAlgorithm, byte[] data) {
        TlsHash hash = crypto.createHash(cryptoHashAlgorithm);
        hash.update(data, 0, data.length);
        return hash.calculateHash();
    }

    /** A message shows its bytes, header included, to nobody but a hash. */
    private record Copy(ByteArrayOutputStream target) implements TlsHash {
        @Override
        public void update(byte[] input, int offset, int length) {
            target.write(input, offset, length);
        }

        @Override
        public byte[] calculateHash() {
            throw new UnsupportedOperationException();
        }

        @Override
        public TlsHash cloneHash() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void reset() {
            throw new UnsupportedOperationException();
        }
    }
}
