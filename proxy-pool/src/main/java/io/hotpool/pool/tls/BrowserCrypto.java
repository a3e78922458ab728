package io.hotpool.pool.tls;

import java.io.IOException;
import java.security.SecureRandom;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsCryptoUtils;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.TlsAEADCipher;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/**
 * Curves and hashes from BouncyCastle's lightweight API (several times as fast as the JDK's), AES-GCM from the JDK. One per
 * handshake.
 */
final class BrowserCrypto extends BcTlsCrypto {
    private boolean resumption;

    BrowserCrypto(SecureRandom random) {
        super(random);
    }

    /** From now on every PSK is a ticket's. */
    void offerTicket() {
        resumption = true;
    }

    @Override
    protected TlsAEADCipher createCipher_AES_GCM(TlsCryptoParameters parameters, int keySize, int macSize)
            throws IOException {
        return new TlsAEADCipher(
                parameters, new JdkAesGcm(true), new JdkAesGcm(false), keySize, macSize, TlsAEADCipher.AEAD_GCM, null);
    }

    @Override
    public TlsSecret hkdfInit(int hash) {
        return resumption
                ? new ResumptionSecret(this, new byte[TlsCryptoUtils.getHashOutputSize(hash)])
                : super.hkdfInit(hash);
    }

    /** The bytes of a secret, which stays usable. */
    byte[] copyOf(TlsSecret secret) {
        return adoptSecret(secret).extract();
    }
}
