package io.hotpool.pool.tls;

import io.netty.buffer.ByteBuf;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Key, nonce and sequence number of one direction. Works in place. Confined to one thread. */
final class AeadDirection {
    private final AeadSuite suite;
    private final int mode;
    private final Cipher cipher;
    private SecretKeySpec key;
    private byte[] iv;
    private long sequence;

    AeadDirection(AeadSuite suite, int mode, byte[] key, byte[] iv, long sequence) {
        this.suite = suite;
        this.mode = mode;
        this.key = new SecretKeySpec(key, suite.keyAlgorithm());
        this.iv = iv;
        this.sequence = sequence;
        try {
            this.cipher = Cipher.getInstance(suite.transformation());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A new key, from the sequence number 0 on. */
    void rekey(byte[] newKey, byte[] newIv) {
        key = new SecretKeySpec(newKey, suite.keyAlgorithm());
        iv = newIv;
        sequence = 0;
    }

    /** Of the next record. */
    long sequence() {
        return sequence;
    }

    /** RFC 8446, 5.3 and RFC 7905, section 2: the sequence number over the nonce. */
    byte[] maskedNonce() {
        byte[] nonce = iv.clone();
        for (int i = 0; i < 8; i++) {
            nonce[nonce.length - 1 - i] ^= (byte) (sequence >>> (8 * i));
        }
        return nonce;
    }

    /** RFC 5288, section 3: the implicit part and what is in the record. */
    byte[] explicitNonce(long explicit) {
        byte[] nonce = java.util.Arrays.copyOf(iv, AeadSuite.NONCE);
        for (int i = 0; i < 8; i++) {
            nonce[nonce.length - 1 - i] = (byte) (explicit >>> (8 * i));
        }
        return nonce;
    }

    /**
     * Encrypts or decrypts in place and counts the record.
     *
     * @param buffer one piece of memory; encrypting, with room for the tag after {@code length} bytes
     * @return bytes of output from {@code index} on
     * @throws GeneralSecurityException when the tag does not fit
     */
    int crypt(ByteBuf buffer, int index, int length, byte[] nonce, byte[] additional) throws GeneralSecurityException {
        AlgorithmParameterSpec parameters =
                suite.gcm() ? new GCMParameterSpec(8 * AeadSuite.TAG, nonce) : new IvParameterSpec(nonce);
        cipher.init(mode, key, parameters);
        cipher.updateAAD(additional);
        sequence++;
        if (buffer.hasArray()) {
            int offset = buffer.arrayOffset() + index;
            return cipher.doFinal(buffer.array(), offset, length, buffer.array(), offset);
        }
        int room = mode == Cipher.ENCRYPT_MODE ? length + AeadSuite.TAG : length;
        return cipher.doFinal(buffer.nioBuffer(index, length), buffer.nioBuffer(index, room));
    }
}
