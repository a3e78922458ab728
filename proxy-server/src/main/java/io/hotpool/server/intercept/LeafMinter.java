package io.hotpool.server.intercept;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.function.Supplier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;

/**
 * Makes leaf certificates. Any thread.
 *
 * <p>One P-256 key serves all leaves of a process. It lives in memory only and beside the CA's own key, so whoever could take
 * it could as well mint; a key per leaf would cost a third of a minting and protect nothing.
 */
final class LeafMinter {
    static final Duration LONGEST = Duration.ofDays(30);

    /** Covers clients whose clock is behind. */
    static final Duration BACKDATED = Duration.ofHours(1);

    private static final int LONGEST_COMMON_NAME = 64; // RFC 5280, appendix A.1: ub-common-name

    private final CertificateAuthority authority;
    private final Clock clock;
    private final Supplier<Duration> lifetime;
    private final SecureRandom random = new SecureRandom();
    private final SubjectPublicKeyInfo publicKey;
    private final SubjectKeyIdentifier keyIdentifier;
    private final PrivateKey privateKey;

    LeafMinter(CertificateAuthority authority, Clock clock, Supplier<Duration> lifetime) {
        this.authority = authority;
        this.clock = clock;
        this.lifetime = lifetime;
        AsymmetricCipherKeyPair pair = EcKeys.generate(random);
        this.publicKey = EcKeys.publicInfo(pair.getPublic());
        this.keyIdentifier = new BcX509ExtensionUtils().createSubjectKeyIdentifier(publicKey);
        try {
            this.privateKey = KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(EcKeys.encode(pair.getPrivate())));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("P-256 is required of every JDK", e);
        }
    }

    /** DER. */
    byte[] publicKey() {
        try {
            return publicKey.getEncoded();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Leaf mint(LeafName name) {
        Instant now = clock.instant();
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                authority.issuer(),
                RootMaker.serial(random),
                Date.from(now.minus(BACKDATED)),
                Date.from(end(now)),
                subject(name),
                publicKey);
        try {
            extend(builder, name);
            byte[] der = authority.sign(builder).getEncoded();
            return new Leaf(parse(der), privateKey);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("minting for " + name.text() + " failed", e);
        }
    }

    private void extend(X509v3CertificateBuilder builder, LeafName name) throws IOException {
        byte[] issuerKey = authority.keyIdentifier();
        if (issuerKey != null) {
            builder.addExtension(Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(issuerKey));
        }
        builder.addExtension(Extension.subjectKeyIdentifier, false, keyIdentifier);
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name.subjectAlternative()));
    }

    /** The lifetime counts from the backdated beginning; no leaf outlives its root. */
    private Instant end(Instant now) {
        Duration wanted = lifetime.get();
        Instant end = now.minus(BACKDATED).plus(wanted.compareTo(LONGEST) > 0 ? LONGEST : wanted);
        return end.isAfter(authority.notAfter()) ? authority.notAfter() : end;
    }

    private static X500Name subject(LeafName name) {
        X500NameBuilder subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.O, "hotpool");
        if (name.text().length() <= LONGEST_COMMON_NAME) {
            subject.addRDN(BCStyle.CN, name.text());
        }
        return subject.build();
    }

    private static X509Certificate parse(byte[] der) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }
}
