package io.hotpool.pool.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The certificates that are trusted by themselves: the JDK's, the system's and further files. Immutable. */
final class TrustRoots {
    /** Where Linux distributions keep the bundle of the system's roots. */
    private static final List<Path> SYSTEM_BUNDLES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private final Set<X509Certificate> certificates;
    private final Set<TrustAnchor> anchors;

    private TrustRoots(Set<X509Certificate> certificates) {
        this.certificates = Set.copyOf(certificates);
        Set<TrustAnchor> all = new HashSet<>();
        certificates.forEach(certificate -> all.add(new TrustAnchor(certificate, null)));
        this.anchors = Set.copyOf(all);
    }

    /** @throws IllegalArgumentException naming the file that cannot be read or holds no certificate */
    static TrustRoots load(List<Path> extraFiles) {
        Set<X509Certificate> all = new LinkedHashSet<>(jdk());
        SYSTEM_BUNDLES.stream().filter(Files::isReadable).findFirst().ifPresent(file -> all.addAll(read(file)));
        for (Path file : extraFiles) {
            List<X509Certificate> found = read(file);
            if (found.isEmpty()) {
                throw new IllegalArgumentException("extra_ca_files: " + file + " holds no certificate");
            }
            all.addAll(found);
        }
        return new TrustRoots(all);
    }

    static TrustRoots only(Collection<X509Certificate> certificates) {
        return new TrustRoots(new LinkedHashSet<>(certificates));
    }

    Set<TrustAnchor> anchors() {
        return anchors;
    }

    boolean contains(X509Certificate certificate) {
        return certificates.contains(certificate);
    }

    private static List<X509Certificate> jdk() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init((KeyStore) null);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager trust) {
                    return List.of(trust.getAcceptedIssuers());
                }
            }
            return List.of();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK's trusted roots cannot be read", e);
        }
    }

    private static List<X509Certificate> read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            return found.stream().map(X509Certificate.class::cast).toList();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("trusted certificates: " + file + ": " + e.getMessage(), e);
        }
    }
}
