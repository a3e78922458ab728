package io.hotpool.pool;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.jspecify.annotations.Nullable;

/**
 * What hotpool shows to an origin that asks who it is: a chain and its key. Equal when both are; connections and tickets of
 * different ones are never exchanged.
 */
public final class ClientCertificate {
    private static final Set<PosixFilePermission> OPEN = EnumSet.of(
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.GROUP_WRITE);

    private final List<X509Certificate> chain;
    private final PrivateKey key;
    private final String fingerprint;

    private ClientCertificate(List<X509Certificate> chain, PrivateKey key) throws GeneralSecurityException {
        this.chain = List.copyOf(chain);
        this.key = key;
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (X509Certificate certificate : chain) {
            digest.update(certificate.getEncoded());
        }
        this.fingerprint = HexFormat.of().formatHex(digest.digest());
    }

    /**
     * @param certificate PEM, the client's own certificate first
     * @param key PEM: PKCS#8, or an RSA or EC key as OpenSSL writes it; not encrypted, and not for everybody's eyes
     * @throws IllegalArgumentException with what is wrong with the files
     */
    public static ClientCertificate load(Path certificate, Path key) {
        refuseOpen(key);
        List<X509Certificate> chain = new ArrayList<>();
        for (Object object : read(certificate)) {
            if (object instanceof X509CertificateHolder holder) {
                chain.add(certificate(holder, certificate));
            }
        }
        if (chain.isEmpty()) {
            throw new IllegalArgumentException(certificate + " holds no certificate");
        }
        try {
            ClientCertificate loaded = new ClientCertificate(chain, key(key));
            if (!loaded.belongTogether()) {
                throw new IllegalArgumentException(
                        "the key in " + key + " is not that of the first certificate in " + certificate);
            }
            return loaded;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    private static void refuseOpen(Path key) {
        try {
            Set<PosixFilePermission> modes = Files.getPosixFilePermissions(key);
            if (modes.stream().anyMatch(OPEN::contains)) {
                throw new IllegalArgumentException(key + " is " + PosixFilePermissions.toString(modes)
                        + ": a key may be read by its owner only (chmod 600 " + key + ")");
            }
        } catch (UnsupportedOperationException e) {
            // a file system without such modes
        } catch (IOException e) {
            throw unreadable(key, e);
        }
    }

    private static List<Object> read(Path file) {
        List<Object> objects = new ArrayList<>();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1);
                PEMParser parser = new PEMParser(reader)) {
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                objects.add(object);
            }
            return objects;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static IllegalArgumentException unreadable(Path file, IOException e) {
        String why = e instanceof NoSuchFileException ? "there is no such file" : e.getMessage();
        return new IllegalArgumentException(file + " cannot be read: " + why, e);
    }

    private static X509Certificate certificate(X509CertificateHolder holder, Path file) {
        try {
            return new JcaX509CertificateConverter().getCertificate(holder);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(file + " holds a broken certificate: " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(Path file) {
        PrivateKeyInfo found = null;
        for (Object object : read(file)) {
            if (object instanceof PKCS8EncryptedPrivateKeyInfo || object instanceof PEMEncryptedKeyPair) {
                throw new IllegalArgumentException(
                        file + " is encrypted: hotpool takes keys without a password, of mode 600");
            }
            PrivateKeyInfo key = info(object);
            found = found == null ? key : found;
        }
        if (found == null) {
            throw new IllegalArgumentException(file + " holds no private key");
        }
        try {
            return new JcaPEMKeyConverter().getPrivateKey(found);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " holds a key of an unknown kind: " + e.getMessage(), e);
        }
    }

    private static @Nullable PrivateKeyInfo info(Object object) {
        if (object instanceof PrivateKeyInfo key) {
            return key;
        }
        return object instanceof PEMKeyPair pair ? pair.getPrivateKeyInfo() : null;
    }

    private boolean belongTogether() throws GeneralSecurityException {
        PublicKey publicKey = chain.get(0).getPublicKey();
        String algorithm = algorithm(key);
        if (!algorithm.equals(algorithm(publicKey))) {
            return false;
        }
        byte[] message = new byte[32];
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(message);
        Signature checking = Signature.getInstance(algorithm);
        checking.initVerify(publicKey);
        checking.update(message);
        return checking.verify(signing.sign());
    }

    private static String algorithm(java.security.Key key) throws GeneralSecurityException {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC", "ECDSA" -> "SHA256withECDSA";
            case "Ed25519", "EdDSA" -> "Ed25519";
            default ->
                throw new GeneralSecurityException("a key of the kind " + key.getAlgorithm() + " is not supported");
        };
    }

    public List<X509Certificate> chain() {
        return chain;
    }

    public PrivateKey key() {
        return key;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClientCertificate that && fingerprint.equals(that.fingerprint) && key.equals(that.key);
    }

    @Override
    public int hashCode() {
        return fingerprint.hashCode();
    }

    /** As it is shown: whose certificate, never the key. */
    @Override
    public String toString() {
        return chain.get(0).getSubjectX500Principal().getName();
    }
}
