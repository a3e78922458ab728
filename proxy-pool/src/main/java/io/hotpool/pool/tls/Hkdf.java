package io.hotpool.pool.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.tls.crypto.CryptoHashAlgorithm;

/** HKDF-Expand-Label (RFC 8446, 7.1) for one hash. Immutable. */
enum Hkdf {
    SHA256("HmacSHA256", 32),
    SHA384("HmacSHA384", 48);

    private final String mac;
    private final int size;

    Hkdf(String mac, int size) {
        this.mac = mac;
        this.size = size;
    }

    /** By BouncyCastle's {@link CryptoHashAlgorithm}. */
    static Hkdf of(int cryptoHashAlgorithm) {
        return switch (cryptoHashAlgorithm) {
            case CryptoHashAlgorithm.sha256 -> SHA256;
            case CryptoHashAlgorithm.sha384 -> SHA384;
            default -> throw new IllegalArgumentException("hash " + cryptoHashAlgorithm);
        };
    }

    /** Length of the hash in bytes. */
    int size() {
        return size;
    }

    byte[] expandLabel(byte[] secret, String label, byte[] context, int length) {
        byte[] info = new WireOutput()
                .u16(length)
                .vector8(("tls13 " + label).getBytes(StandardCharsets.US_ASCII))
                .vector8(context)
                .toByteArray();
        try {
            Mac hmac = Mac.getInstance(mac);
            hmac.init(new SecretKeySpec(secret, mac));
            byte[] out = new byte[length];
            byte[] block = new byte[0];
            int done = 0;
            for (int i = 1; done < length; i++) {
                hmac.update(block);
                hmac.update(info);
                block = hmac.doFinal(new byte[] {(byte) i});
                int n = Math.min(block.length, length - done);
                System.arraycopy(block, 0, out, done, n);
                done += n;
            }
            Arrays.fill(block, (byte) 0);
            return out;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
