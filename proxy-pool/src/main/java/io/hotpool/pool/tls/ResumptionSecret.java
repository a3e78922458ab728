package io.hotpool.pool.tls;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsSecret;
import org.bouncycastle.util.Arrays;

/**
 * The early secret of a resumption. BouncyCastle derives the binder key of every PSK with the label of an external one; for
 * a ticket the label is "res binder" (RFC 8446, 7.1).
 */
final class ResumptionSecret extends BcTlsSecret {
    private static final byte[] EXTERNAL = "tls13 ext binder".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RESUMPTION = "tls13 res binder".getBytes(StandardCharsets.US_ASCII);
    /** HkdfLabel (RFC 8446, 7.1): two bytes of output length and one of label length stand before the label. */
    private static final int LABEL = 3;

    ResumptionSecret(BcTlsCrypto crypto, byte[] data) {
        super(crypto, data);
    }

    @Override
    public synchronized TlsSecret hkdfExtract(int hash, TlsSecret material) {
        return new ResumptionSecret(crypto, super.hkdfExtract(hash, material).extract());
    }

    @Override
    public synchronized TlsSecret hkdfExpand(int hash, byte[] info, int length) {
        return super.hkdfExpand(hash, isExternalBinder(info) ? asResumption(info) : info, length);
    }

    private static boolean isExternalBinder(byte[] info) {
        return info.length > LABEL + EXTERNAL.length
                && Arrays.areEqual(EXTERNAL, Arrays.copyOfRange(info, LABEL, LABEL + EXTERNAL.length));
    }

    private static byte[] asResumption(byte[] info) {
        byte[] changed = info.clone();
        System.arraycopy(RESUMPTION, 0, changed, LABEL, RESUMPTION.length);
        return changed;
    }
}
