package io.hotpool.server.intercept;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;

/** Makes a root: ECDSA P-256, path length 0, a name of its own per installation. */
final class RootMaker {
    static final Duration LIFETIME = Duration.ofDays(3650);

    /** Covers a clock that is put right after the first start. */
    static final Duration BACKDATED = Duration.ofDays(2);

    private RootMaker() {}

    static CertificateAuthority make(Instant now, SecureRandom random) {
        AsymmetricCipherKeyPair pair = EcKeys.generate(random);
        SubjectPublicKeyInfo publicKey = EcKeys.publicInfo(pair.getPublic());
        byte[] keyId =
                new BcX509ExtensionUtils().createSubjectKeyIdentifier(publicKey).getKeyIdentifier();
        X500Name name = name(HexFormat.of().formatHex(keyId, 0, 4));
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                name, serial(random), Date.from(now.minus(BACKDATED)), Date.from(now.plus(LIFETIME)), name, publicKey);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new BcX509ExtensionUtils().createSubjectKeyIdentifier(publicKey));
        } catch (CertIOException e) {
            throw new AssertionError(e);
        }
        X509CertificateHolder certificate = builder.build(CertificateAuthority.signer(pair.getPrivate()));
        return new CertificateAuthority(certificate, pair.getPrivate());
    }

    private static X500Name name(String id) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, "hotpool")
                .addRDN(BCStyle.CN, "hotpool local CA " + id)
                .build();
    }

    /** 127 random bits, positive and not zero (RFC 5280, 4.1.2.2). */
    static BigInteger serial(SecureRandom random) {
        return new BigInteger(126, random).setBit(126);
    }
}
