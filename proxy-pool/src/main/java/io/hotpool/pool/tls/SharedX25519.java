package io.hotpool.pool.tls;

import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsAgreement;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsKemConfig;
import org.bouncycastle.tls.crypto.TlsSecret;

/**
 * X25519MLKEM768 whose X25519 part is the key of the standalone share, as NSS has it. The wire order is ML-KEM, then X25519
 * (draft-ietf-tls-ecdhe-mlkem).
 */
final class SharedX25519 implements TlsAgreement {
    private static final int CIPHERTEXT = 1088;
    private static final int POINT = 32;

    private final TlsCrypto crypto;
    private final TlsAgreement x25519;
    private final byte[] x25519Key;
    private final TlsAgreement kem;

    /** @param x25519Key public key of {@code x25519} */
    SharedX25519(TlsCrypto crypto, TlsAgreement x25519, byte[] x25519Key) {
        this.crypto = crypto;
        this.x25519 = x25519;
        this.x25519Key = x25519Key;
        this.kem = crypto.createKemDomain(new TlsKemConfig(NamedGroup.MLKEM768, false))
                .createKem();
    }

    @Override
    public byte[] generateEphemeral() throws IOException {
        return new WireOutput().raw(kem.generateEphemeral()).raw(x25519Key).toByteArray();
    }

    @Override
    public void receivePeerValue(byte[] value) throws IOException {
        if (value.length != CIPHERTEXT + POINT) {
            throw new TlsFatalAlert(AlertDescription.illegal_parameter);
        }
        kem.receivePeerValue(Arrays.copyOf(value, CIPHERTEXT));
        x25519.receivePeerValue(Arrays.copyOfRange(value, CIPHERTEXT, CIPHERTEXT + POINT));
    }

    @Override
    public TlsSecret calculateSecret() throws IOException {
        return crypto.createHybridSecret(kem.calculateSecret(), x25519.calculateSecret());
    }
}
