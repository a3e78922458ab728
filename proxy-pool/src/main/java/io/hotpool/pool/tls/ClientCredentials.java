package io.hotpool.pool.tls;

import io.hotpool.pool.ClientCertificate;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/** The answer to a CertificateRequest (RFC 8446, 4.3.2; RFC 5246, 7.4.4). */
final class ClientCredentials {
    /** In the order of BoringSSL. */
    private static final int[] RSA = {
        SignatureScheme.rsa_pss_rsae_sha256,
        SignatureScheme.rsa_pkcs1_sha256,
        SignatureScheme.rsa_pss_rsae_sha384,
        SignatureScheme.rsa_pkcs1_sha384,
        SignatureScheme.rsa_pss_rsae_sha512,
        SignatureScheme.rsa_pkcs1_sha512
    };

    private ClientCredentials() {}

    static TlsCredentials of(
            ClientCertificate certificate, CertificateRequest request, TlsContext context, BcTlsCrypto crypto)
            throws IOException {
        AsymmetricKeyParameter key =
                PrivateKeyFactory.createKey(certificate.key().getEncoded());
        boolean tls13 = TlsUtils.isTLSv13(context);
        return new BcDefaultTlsCredentialedSigner(
                new TlsCryptoParameters(context),
                crypto,
                key,
                chain(certificate.chain(), request, tls13, crypto),
                scheme(certificate, request.getSupportedSignatureAlgorithms(), tls13));
    }

    private static Certificate chain(
            List<X509Certificate> chain, CertificateRequest request, boolean tls13, BcTlsCrypto crypto)
            throws IOException {
        TlsCertificate[] certificates = new TlsCertificate[chain.size()];
        for (int i = 0; i < certificates.length; i++) {
            certificates[i] = crypto.createCertificate(encoded(chain.get(i)));
        }
        if (!tls13) {
            return new Certificate(certificates);
        }
        CertificateEntry[] entries = new CertificateEntry[certificates.length];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = new CertificateEntry(certificates[i], null);
        }
        return new Certificate(request.getCertificateRequestContext(), entries);
    }

    private static byte[] encoded(X509Certificate certificate) throws IOException {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
    }

    private static SignatureAndHashAlgorithm scheme(
            ClientCertificate certificate, @Nullable Vector<?> allowed, boolean tls13) throws IOException {
        for (int scheme : schemes(certificate)) {
            SignatureAndHashAlgorithm candidate = SignatureScheme.getSignatureAndHashAlgorithm(scheme);
            boolean outdated = tls13 && candidate.getSignature() == SignatureAlgorithm.rsa; // PKCS#1 v1.5
            if (!outdated && allowed != null && allowed.contains(candidate)) {
                return candidate;
            }
        }
        throw new TlsFatalAlert(
                AlertDescription.handshake_failure,
                "the origin takes no signature that the client certificate's key can make");
    }

    private static int[] schemes(ClientCertificate certificate) {
        return switch (certificate.key().getAlgorithm()) {
            case "RSA" -> RSA;
            case "Ed25519", "EdDSA" -> new int[] {SignatureScheme.ed25519};
            default -> new int[] {ecdsa((ECPrivateKey) certificate.key())};
        };
    }

    /** In TLS 1.3 the curve says which hash; in TLS 1.2 the same one fits. */
    private static int ecdsa(ECPrivateKey key) {
        return switch (key.getParams().getCurve().getField().getFieldSize()) {
            case 384 -> SignatureScheme.ecdsa_secp384r1_sha384;
            case 521 -> SignatureScheme.ecdsa_secp521r1_sha512;
            default -> SignatureScheme.ecdsa_secp256r1_sha256;
        };
    }
}
