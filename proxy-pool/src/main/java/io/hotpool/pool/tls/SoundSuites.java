package io.hotpool.pool.tls;

import java.util.List;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.EncryptionAlgorithm;
import org.bouncycastle.tls.KeyExchangeAlgorithm;
import org.bouncycastle.tls.TlsUtils;

/**
 * The suites of an offer that a server may take: with a certificate, and with encryption worth its name. A profile or a
 * mirrored client may offer others too; a server that takes one of those is refused.
 */
final class SoundSuites {
    private SoundSuites() {}

    static List<Integer> of(List<Integer> offered) {
        return offered.stream().filter(SoundSuites::sound).toList();
    }

    private static boolean sound(int suite) {
        return CipherSuite.isSCSV(suite) || authenticated(suite) && encrypted(suite);
    }

    private static boolean authenticated(int suite) {
        return switch (TlsUtils.getKeyExchangeAlgorithm(suite)) {
            case KeyExchangeAlgorithm.RSA,
                    KeyExchangeAlgorithm.DHE_RSA,
                    KeyExchangeAlgorithm.DHE_DSS,
                    KeyExchangeAlgorithm.ECDHE_RSA,
                    KeyExchangeAlgorithm.ECDHE_ECDSA,
                    KeyExchangeAlgorithm.NULL -> // TLS 1.3: not the suite's matter
                true;
            default -> false;
        };
    }

    private static boolean encrypted(int suite) {
        return switch (TlsUtils.getEncryptionAlgorithm(suite)) {
            case EncryptionAlgorithm._3DES_EDE_CBC,
                    EncryptionAlgorithm.AES_128_CBC,
                    EncryptionAlgorithm.AES_128_CCM,
                    EncryptionAlgorithm.AES_128_CCM_8,
                    EncryptionAlgorithm.AES_128_GCM,
                    EncryptionAlgorithm.AES_256_CBC,
                    EncryptionAlgorithm.AES_256_CCM,
                    EncryptionAlgorithm.AES_256_CCM_8,
                    EncryptionAlgorithm.AES_256_GCM,
                    EncryptionAlgorithm.ARIA_128_CBC,
                    EncryptionAlgorithm.ARIA_128_GCM,
                    EncryptionAlgorithm.ARIA_256_CBC,
                    EncryptionAlgorithm.ARIA_256_GCM,
                    EncryptionAlgorithm.CAMELLIA_128_CBC,
                    EncryptionAlgorithm.CAMELLIA_128_GCM,
                    EncryptionAlgorithm.CAMELLIA_256_CBC,
                    EncryptionAlgorithm.CAMELLIA_256_GCM,
                    EncryptionAlgorithm.CHACHA20_POLY1305 -> true;
            default -> false;
        };
    }
}
