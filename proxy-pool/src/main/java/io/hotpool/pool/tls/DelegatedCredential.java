package io.hotpool.pool.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CertificateVerify;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.Tls13Verifier;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsRawKeyCertificate;

/**
 * A delegated credential (RFC 9345): a short-lived key, signed with the certificate's, that signs the handshake instead.
 *
 * @param lifetime from the certificate's notBefore
 * @param scheme that the handshake is signed with
 * @param signedPart the credential and the algorithm, as they are signed
 * @param algorithm of the certificate's signature
 */
record DelegatedCredential(
        Duration lifetime, int scheme, byte[] key, byte[] signedPart, int algorithm, byte[] signature) {
    private static final ASN1ObjectIdentifier DELEGATION_USAGE = new ASN1ObjectIdentifier("1.3.6.1.4.1.44363.44");
    /** RFC 9345, section 4: an RSA key is a credential only as one for PSS alone. */
    private static final Set<Integer> PLAIN_RSA = Set.of(
            SignatureScheme.rsa_pss_rsae_sha256,
            SignatureScheme.rsa_pss_rsae_sha384,
            SignatureScheme.rsa_pss_rsae_sha512);

    private static final Duration LONGEST = Duration.ofDays(7);

    static DelegatedCredential parse(byte[] extension) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(extension);
        Duration lifetime = Duration.ofSeconds(TlsUtils.readUint32(in));
        int scheme = TlsUtils.readUint16(in);
        byte[] key = TlsUtils.readOpaque24(in, 1);
        int algorithm = TlsUtils.readUint16(in);
        byte[] signedPart = Arrays.copyOf(extension, extension.length - in.available());
        byte[] signature = TlsUtils.readOpaque16(in);
        if (in.available() > 0) {
            throw new TlsFatalAlert(AlertDescription.decode_error);
        }
        return new DelegatedCredential(lifetime, scheme, key, signedPart, algorithm, signature);
    }

    /**
     * @param offered the schemes of the hello's delegated_credential extension
     * @param transcriptHash up to the certificate
     * @throws TlsFatalAlert unless the credential is the certificate's and {@code verify} is signed with it
     */
    void verify(
            BcTlsCrypto crypto,
            TlsCertificate certificate,
            Instant now,
            Set<Integer> offered,
            byte[] transcriptHash,
            CertificateVerify verify)
            throws IOException {
        byte[] encoded = certificate.getEncoded();
        Certificate leaf = Certificate.getInstance(encoded);
        Extensions extensions = leaf.getTBSCertificate().getExtensions();
        Instant expiry = leaf.getStartDate().getDate().toInstant().plus(lifetime);
        check(extensions != null && extensions.getExtension(DELEGATION_USAGE) != null, "its certificate forbids");
        check(now.isBefore(expiry), "that expired on " + expiry);
        check(!expiry.isAfter(now.plus(LONGEST)), "that is valid for more than a week");
        check(offered.contains(scheme) && verify.getAlgorithm() == scheme, "with a scheme that was not offered");
        check(!PLAIN_RSA.contains(scheme), "with a plain RSA key");

        SignatureSchemePolicy.check(algorithm, leaf.getSubjectPublicKeyInfo());
        Tls13Verifier byCertificate = certificate.createVerifier(algorithm);
        header(byCertificate.getOutputStream(), "TLS, server delegated credentials");
        byCertificate.getOutputStream().write(encoded);
        byCertificate.getOutputStream().write(signedPart);
        check(byCertificate.verifySignature(signature), "that its certificate did not sign");

        SubjectPublicKeyInfo own = SubjectPublicKeyInfo.getInstance(key);
        SignatureSchemePolicy.check(scheme, own);
        Tls13Verifier byCredential = new BcTlsRawKeyCertificate(crypto, own).createVerifier(scheme);
        header(byCredential.getOutputStream(), "TLS 1.3, server CertificateVerify");
        byCredential.getOutputStream().write(transcriptHash);
        if (!byCredential.verifySignature(verify.getSignature())) {
            throw new TlsFatalAlert(AlertDescription.decrypt_error);
        }
    }

    /** RFC 8446, 4.4.3. */
    private static void header(OutputStream output, String context) throws IOException {
        byte[] padding = new byte[64];
        Arrays.fill(padding, (byte) ' ');
        output.write(padding);
        output.write(context.getBytes(StandardCharsets.US_ASCII));
        output.write(0);
    }

    private static void check(boolean holds, String otherwise) throws TlsFatalAlert {
        if (!holds) {
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, "sent a delegated credential " + otherwise);
        }
    }
}
