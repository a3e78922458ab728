package io.hotpool.server.intercept;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.jspecify.annotations.Nullable;

/** From the text of the two files to an authority that can sign, or to a message that says why not. */
final class AuthorityReader {
    private static final String RENEW = "; have a new one made: scripts/hotpool ca rotate (clients must trust it anew)";

    private AuthorityReader() {}

    static CertificateAuthority read(Path certificateFile, String certificate, Path keyFile, String key, Instant now) {
        X509CertificateHolder holder = certificate(certificateFile, certificate);
        AsymmetricKeyParameter privateKey = key(keyFile, key);
        if (!pair(holder, privateKey)) {
            throw new AuthorityException(keyFile + " is not the private key of " + certificateFile);
        }
        if (!mayIssue(holder)) {
            throw new AuthorityException(certificateFile
                    + " is not a CA certificate (basicConstraints CA:TRUE and key usage" + " keyCertSign are needed)");
        }
        if (!holder.isValidOn(Date.from(now))) {
            boolean over = now.isAfter(holder.getNotAfter().toInstant());
            throw new AuthorityException(certificateFile
                    + (over
                            ? " expired on " + holder.getNotAfter().toInstant() + RENEW
                            : " is valid from " + holder.getNotBefore().toInstant() + " only, and it is " + now
                                    + " now: check the clock"));
        }
        return new CertificateAuthority(holder, privateKey);
    }

    private static X509CertificateHolder certificate(Path file, String text) {
        if (parse(file, text) instanceof X509CertificateHolder holder) {
            return holder;
        }
        throw new AuthorityException(file + " holds no PEM certificate");
    }

    private static AsymmetricKeyParameter key(Path file, String text) {
        Object found = parse(file, text);
        PrivateKeyInfo info = found instanceof PEMKeyPair pair ? pair.getPrivateKeyInfo() : null;
        if (found instanceof PrivateKeyInfo plain) {
            info = plain;
        }
        if (info == null) {
            throw new AuthorityException(file + " holds no unencrypted PEM private key");
        }
        try {
            return PrivateKeyFactory.createKey(info);
        } catch (IOException | RuntimeException e) {
            throw new AuthorityException(file + " holds a private key of an unknown kind (EC and RSA are known)", e);
        }
    }

    /** The first object that is not curve parameters, as OpenSSL writes before an EC key. */
    private static @Nullable Object parse(Path file, String text) {
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            Object found = parser.readObject();
            while (found instanceof ASN1ObjectIdentifier) {
                found = parser.readObject();
            }
            return found;
        } catch (IOException | RuntimeException e) {
            throw new AuthorityException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private static boolean pair(X509CertificateHolder holder, AsymmetricKeyParameter key) {
        try {
            AsymmetricKeyParameter publicKey = PublicKeyFactory.createKey(holder.getSubjectPublicKeyInfo());
            if (key instanceof ECPrivateKeyParameters ec && publicKey instanceof ECPublicKeyParameters ecPublic) {
                byte[] mine = ec.getParameters().getG().multiply(ec.getD()).getEncoded(false);
                return Arrays.equals(mine, ecPublic.getQ().getEncoded(false));
            }
            return key instanceof RSAKeyParameters rsa
                    && publicKey instanceof RSAKeyParameters rsaPublic
                    && rsa.getModulus().equals(rsaPublic.getModulus());
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private static boolean mayIssue(X509CertificateHolder holder) {
        BasicConstraints constraints = BasicConstraints.fromExtensions(holder.getExtensions());
        KeyUsage usage = KeyUsage.fromExtensions(holder.getExtensions());
        return constraints != null && constraints.isCA() && (usage == null || usage.hasUsages(KeyUsage.keyCertSign));
    }
}
