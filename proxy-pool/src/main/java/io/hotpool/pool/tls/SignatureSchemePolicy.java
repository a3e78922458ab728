package io.hotpool.pool.tls;

import java.io.IOException;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * Which schemes may sign a TLS 1.3 CertificateVerify (RFC 8446, 4.2.3 and 4.4.3). The list in the hello also serves TLS 1.2
 * and certificates, so it holds PKCS #1 and SHA-1 schemes, which must not be used here; and an ECDSA scheme fixes the curve.
 */
final class SignatureSchemePolicy {
    private SignatureSchemePolicy() {}

    static void check(int scheme, SubjectPublicKeyInfo key) throws IOException {
        if (scheme == SignatureScheme.ed25519 || SignatureScheme.isRSAPSS(scheme)) {
            return;
        }
        if (!SignatureScheme.isECDSA(scheme) || !curveFits(scheme, key)) {
            throw new TlsFatalAlert(
                    AlertDescription.illegal_parameter,
                    String.format("signed the handshake with scheme 0x%04x, which its key or TLS 1.3 forbids", scheme));
        }
    }

    private static boolean curveFits(int scheme, SubjectPublicKeyInfo key) {
        if (!X9ObjectIdentifiers.id_ecPublicKey.equals(key.getAlgorithm().getAlgorithm())) {
            return false;
        }
        Object curve = key.getAlgorithm().getParameters();
        return switch (SignatureScheme.getNamedGroup(scheme)) {
            case NamedGroup.secp256r1 -> SECObjectIdentifiers.secp256r1.equals(curve);
            case NamedGroup.secp384r1 -> SECObjectIdentifiers.secp384r1.equals(curve);
            case NamedGroup.secp521r1 -> SECObjectIdentifiers.secp521r1.equals(curve);
            default -> false;
        };
    }
}
