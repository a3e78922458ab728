package io.hotpool.pool.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/**
 * Certificates for tests: good ones, and every kind of bad one.
 *
 * <pre>{@code
 * Authority ca = TestCertificates.authority("Test CA");
 * Identity good = ca.leaf("example.test", "127.0.0.1");
 * Identity bad = ca.certificate().names("example.test").expired().issue();
 * Path pem = good.writeChain(dir);
 * }</pre>
 */
public final class TestCertificates {
    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();
    private static final AtomicLong SERIAL = new AtomicLong(System.nanoTime());

    private TestCertificates() {}

    /** A self-signed root with a P-256 key. */
    public static Authority authority(String name) {
        return new Authority(selfSigned(name, "EC", true, null));
    }

    /** A root whose names are constrained to {@code permittedDomain} and below. */
    public static Authority constrainedAuthority(String name, String permittedDomain) {
        return new Authority(selfSigned(name, "EC", true, permittedDomain));
    }

    /** Issues with any certificate, also with one that must not. */
    public static Authority authority(Identity identity) {
        return new Authority(identity);
    }

    /** A leaf that nobody but itself vouches for. */
    public static Identity selfSignedLeaf(String... names) {
        return new Spec(null).names(names).issue();
    }

    private static Identity selfSigned(String name, String keyType, boolean ca, String permittedDomain) {
        Spec spec = new Spec(null).subject(name).key(keyType);
        spec.ca = ca;
        spec.permittedDomain = permittedDomain;
        return spec.issue();
    }

    /** {@code EC}, {@code EC384}, {@code EC521}, {@code RSA}, {@code RSA1024}, {@code Ed25519}. */
    public static KeyPair keyPair(String type) {
        try {
            switch (type) {
                case "EC", "EC384", "EC521" -> {
                    String size = type.equals("EC") ? "256" : type.substring(2);
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                    generator.initialize(new ECGenParameterSpec("secp" + size + "r1"));
                    return generator.generateKeyPair();
                }
                case "RSA", "RSA1024" -> {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                    generator.initialize(type.equals("RSA") ? 2048 : 1024);
                    return generator.generateKeyPair();
                }
                default -> {
                    return KeyPairGenerator.getInstance(type).generateKeyPair();
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A root or an intermediate: issues certificates. */
    public static final class Authority {
        private final Identity identity;

        private Authority(Identity identity) {
            this.identity = identity;
        }

        public X509Certificate root() {
            return identity.certificate();
        }

        public Identity identity() {
            return identity;
        }

        /** A good P-256 leaf for these DNS names and IP addresses. */
        public Identity leaf(String... names) {
            return certificate().names(names).issue();
        }

        /** A good RSA-2048 leaf. */
        public Identity rsaLeaf(String... names) {
            return certificate().names(names).key("RSA").issue();
        }

        /** A certificate to be described, then issued by this authority. */
        public Spec certificate() {
            return new Spec(identity);
        }

        /** An intermediate authority; its leaves' chains hold it. */
        public Authority intermediate(String name) {
            return new Authority(certificate().subject(name).authority().issue());
        }

        /** An intermediate whose names are constrained to {@code permittedDomain} and below. */
        public Authority constrainedIntermediate(String name, String permittedDomain) {
            Spec spec = certificate().subject(name).authority();
            spec.permittedDomain = permittedDomain;
            return new Authority(spec.issue());
        }

        /** Writes the authority's certificate as PEM and returns the file. */
        public Path writePem(Path directory) {
            return writePemFile(directory.resolve("ca-" + SERIAL.incrementAndGet() + ".pem"), identity.certificate());
        }
    }

    /** A certificate with its key and what a server sends with it: itself and intermediates, without the root. */
    public record Identity(List<X509Certificate> chain, PrivateKey key) {
        public Identity {
            chain = List.copyOf(chain);
        }

        public X509Certificate certificate() {
            return chain.get(0);
        }

        public Path writeChain(Path directory) {
            return writePemFile(directory.resolve("chain-" + SERIAL.incrementAndGet() + ".pem"), chain.toArray());
        }

        public Path writeKey(Path directory) {
            return writePemFile(
                    directory.resolve("key-" + SERIAL.incrementAndGet() + ".pem"),
                    new PemObject("PRIVATE KEY", key.getEncoded()));
        }

        public KeyManagerFactory keyManagers() {
            try {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry("leaf", key, new char[0], chain.toArray(X509Certificate[]::new));
                KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
                factory.init(store, new char[0]);
                return factory;
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** What a certificate says. Every wither changes this object and returns it. */
    public static final class Spec {
        private final Identity issuer;
        private String subject = "Test Leaf";
        private List<String> names = List.of();
        private String keyType = "EC";
        private String signature = "SHA256";
        private Instant notBefore = Instant.now().minus(Duration.ofHours(1));
        private Instant notAfter = Instant.now().plus(Duration.ofDays(30));
        private KeyPurposeId purpose = KeyPurposeId.id_kp_serverAuth;
        private boolean ca;
        private String permittedDomain;

        private Spec(Identity issuer) {
            this.issuer = issuer;
        }

        /** Subject alternative names: DNS names and IP addresses. */
        public Spec names(String... names) {
            this.names = List.of(names);
            return this;
        }

        /** Common name of the subject; no subject alternative name by itself. */
        public Spec subject(String commonName) {
            this.subject = commonName;
            return this;
        }

        /** As for {@link TestCertificates#keyPair}. */
        public Spec key(String type) {
            this.keyType = type;
            return this;
        }

        /** Digest of the issuer's signature: {@code SHA1}, {@code MD5}, {@code SHA384}… */
        public Spec digest(String name) {
            this.signature = name;
            return this;
        }

        public Spec valid(Instant from, Instant to) {
            this.notBefore = from;
            this.notAfter = to;
            return this;
        }

        public Spec expired() {
            return valid(Instant.now().minus(Duration.ofDays(30)), Instant.now().minus(Duration.ofDays(1)));
        }

        public Spec notYetValid() {
            return valid(Instant.now().plus(Duration.ofDays(1)), Instant.now().plus(Duration.ofDays(30)));
        }

        /** For clients only: a server may not use it. */
        public Spec clientOnly() {
            this.purpose = KeyPurposeId.id_kp_clientAuth;
            return this;
        }

        public Spec authority() {
            this.ca = true;
            return this;
        }

        public Identity issue() {
            KeyPair keys = keyPair(keyType);
            try {
                return new Identity(chain(build(keys)), keys.getPrivate());
            } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
                throw new IllegalStateException(e);
            }
        }

        private List<X509Certificate> chain(X509Certificate own) {
            List<X509Certificate> chain = new ArrayList<>();
            chain.add(own);
            if (issuer != null && !isRoot(issuer.certificate())) {
                chain.addAll(issuer.chain());
            }
            return chain;
        }

        private static boolean isRoot(X509Certificate certificate) {
            return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
        }

        private X509Certificate build(KeyPair keys)
                throws GeneralSecurityException, OperatorCreationException, CertIOException {
            X500Name own = new X500Name("CN=" + subject + ",O=hotpool tests");
            X500Name by = issuer == null
                    ? own
                    : X500Name.getInstance(
                            issuer.certificate().getSubjectX500Principal().getEncoded());
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    by,
                    BigInteger.valueOf(SERIAL.incrementAndGet()),
                    Date.from(notBefore),
                    Date.from(notAfter),
                    own,
                    keys.getPublic());
            addExtensions(builder, keys);
            PrivateKey signer = issuer == null ? keys.getPrivate() : issuer.key();
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm(signer))
                            .setProvider(PROVIDER)
                            .build(signer)));
        }

        private void addExtensions(X509v3CertificateBuilder builder, KeyPair keys)
                throws GeneralSecurityException, CertIOException {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(keys.getPublic()));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    identifiers.createAuthorityKeyIdentifier(
                            issuer == null
                                    ? keys.getPublic()
                                    : issuer.certificate().getPublicKey()));
            if (ca) {
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            } else {
                int usage = keyType.startsWith("RSA")
                        ? KeyUsage.digitalSignature | KeyUsage.keyEncipherment
                        : KeyUsage.digitalSignature;
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            }
            if (permittedDomain != null) {
                GeneralSubtree subtree = new GeneralSubtree(new GeneralName(GeneralName.dNSName, permittedDomain));
                builder.addExtension(
                        Extension.nameConstraints, true, new NameConstraints(new GeneralSubtree[] {subtree}, null));
            }
            if (!names.isEmpty()) {
                GeneralName[] alternatives =
                        names.stream().map(Spec::generalName).toArray(GeneralName[]::new);
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
            }
        }

        private static GeneralName generalName(String name) {
            boolean address = name.indexOf(':') >= 0 || name.matches("[0-9.]+");
            return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name);
        }

        private String algorithm(PrivateKey signer) {
            return switch (signer.getAlgorithm()) {
                case "EC" -> signature + "withECDSA";
                case "RSA" -> signature + "withRSA";
                default -> signer.getAlgorithm();
            };
        }
    }

    private static Path writePemFile(Path file, Object... objects) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object object : objects) {
                writer.writeObject(object);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            return Files.writeString(file, text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
