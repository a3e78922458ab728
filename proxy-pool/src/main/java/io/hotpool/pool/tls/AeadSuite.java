package io.hotpool.pool.tls;

import org.bouncycastle.tls.EncryptionAlgorithm;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/** Record protection by an AEAD of the JDK. */
enum AeadSuite {
    AES_128_GCM("AES/GCM/NoPadding", "AES", 16, 4),
    AES_256_GCM("AES/GCM/NoPadding", "AES", 32, 4),
    CHACHA20_POLY1305("ChaCha20-Poly1305", "ChaCha20", 32, 12);

    static final int TAG = 16;
    static final int NONCE = 12;

    private final String transformation;
    private final String keyAlgorithm;
    private final int keySize;
    private final int fixedIv12;

    AeadSuite(String transformation, String keyAlgorithm, int keySize, int fixedIv12) {
        this.transformation = transformation;
        this.keyAlgorithm = keyAlgorithm;
        this.keySize = keySize;
        this.fixedIv12 = fixedIv12;
    }

    /** Null for suites with a block cipher. */
    static @Nullable AeadSuite of(int cipherSuite) {
        return switch (TlsUtils.getEncryptionAlgorithm(cipherSuite)) {
            case EncryptionAlgorithm.AES_128_GCM -> AES_128_GCM;
            case EncryptionAlgorithm.AES_256_GCM -> AES_256_GCM;
            case EncryptionAlgorithm.CHACHA20_POLY1305 -> CHACHA20_POLY1305;
            default -> null;
        };
    }

    String transformation() {
        return transformation;
    }

    String keyAlgorithm() {
        return keyAlgorithm;
    }

    int keySize() {
        return keySize;
    }

    boolean gcm() {
        return this != CHACHA20_POLY1305;
    }

    /** Bytes of the implicit part of the nonce in TLS 1.2 (RFC 5288, RFC 7905). */
    int fixedIv12() {
        return fixedIv12;
    }

    /** Bytes of nonce that travel in a TLS 1.2 record (RFC 5288, section 3). */
    int explicitNonce12() {
        return NONCE - fixedIv12;
    }
}
