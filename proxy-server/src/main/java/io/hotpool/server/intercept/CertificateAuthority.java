package io.hotpool.server.intercept;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcECContentSignerBuilder;
import org.bouncycastle.operator.bc.BcRSAContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The root of one installation: a certificate and its private key, kept as {@code ca.pem} and {@code ca.key} in one folder.
 * Immutable; any thread.
 */
public final class CertificateAuthority {
    private final X509CertificateHolder certificate;
    private final AsymmetricKeyParameter key;
    private final byte[] der;

    CertificateAuthority(X509CertificateHolder certificate, AsymmetricKeyParameter key) {
        this.certificate = certificate;
        this.key = key;
        try {
            this.der = certificate.getEncoded();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The authority in that folder; made there when the folder holds neither file. Nothing that exists is ever replaced.
     *
     * @throws AuthorityException when it cannot be used, saying what is wrong and how to put it right
     */
    public static CertificateAuthority open(Path folder, Clock clock) {
        return new AuthorityFiles(folder, clock).open();
    }

    /** An authority in memory, of which nothing is written: for servers inside the process. */
    public static CertificateAuthority ephemeral(Clock clock) {
        return RootMaker.make(clock.instant(), new SecureRandom());
    }

    /** The authority in that folder, empty when there is none yet. */
    public static Optional<CertificateAuthority> read(Path folder, Clock clock) {
        return new AuthorityFiles(folder, clock).read();
    }

    /** Makes a new authority; the files of the old one stay beside it under {@code ca-<id>.pem} and {@code ca-<id>.key}. */
    public static CertificateAuthority rotate(Path folder, Clock clock) {
        return new AuthorityFiles(folder, clock).rotate();
    }

    public String subject() {
        return certificate.getSubject().toString();
    }

    public Instant notBefore() {
        return certificate.getNotBefore().toInstant();
    }

    public Instant notAfter() {
        return certificate.getNotAfter().toInstant();
    }

    /** SHA-256 of the certificate in hex, as browsers show it. */
    public String sha256() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    public String pem() {
        return Pem.write("CERTIFICATE", der);
    }

    public byte[] der() {
        return der.clone();
    }

    /** PKCS #8 in PEM, for the key file alone. */
    String keyPem() {
        return Pem.write("PRIVATE KEY", EcKeys.encode(key));
    }

    /** Names the authority among others of this machine: the first bytes of its fingerprint. */
    String shortId() {
        return sha256().substring(0, 8);
    }

    X500Name issuer() {
        return certificate.getSubject();
    }

    /** What the authority key identifier of its leaves says; null when a root that was brought along has none. */
    byte @Nullable [] keyIdentifier() {
        SubjectKeyIdentifier identifier = SubjectKeyIdentifier.fromExtensions(certificate.getExtensions());
        return identifier == null ? null : identifier.getKeyIdentifier();
    }

    X509CertificateHolder sign(X509v3CertificateBuilder builder) {
        return builder.build(signer(key));
    }

    static ContentSigner signer(AsymmetricKeyParameter key) {
        boolean ec = key instanceof ECPrivateKeyParameters;
        String name = ec ? "SHA256withECDSA" : "SHA256withRSA";
        var signature = new DefaultSignatureAlgorithmIdentifierFinder().find(name);
        var digest = new DefaultDigestAlgorithmIdentifierFinder().find(signature);
        try {
            return (ec
                            ? new BcECContentSignerBuilder(signature, digest)
                            : new BcRSAContentSignerBuilder(signature, digest))
                    .build(key);
        } catch (OperatorCreationException e) {
            throw new AuthorityException("the CA key cannot sign: " + e.getMessage(), e);
        }
    }
}
