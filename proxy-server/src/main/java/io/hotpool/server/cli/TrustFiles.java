package io.hotpool.server.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files by which programs trust hotpool's root beside the usual ones, each in the form that one kind of program reads. They
 * stand beside the root certificate and are written anew each time, whole or not at all.
 */
final class TrustFiles {
    static final String STORE_PASSWORD = "changeit";

    private static final List<String> SYSTEM_ROOTS =
            List.of("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem");

    private final Path ca;

    /** @param ca the root certificate */
    TrustFiles(Path ca) {
        this.ca = ca;
    }

    /** The system's roots and hotpool's, as PEM. */
    Path bundle() throws IOException {
        StringBuilder pem = new StringBuilder();
        Optional<Path> system =
                SYSTEM_ROOTS.stream().map(Path::of).filter(Files::isReadable).findFirst();
        if (system.isPresent()) {
            pem.append(Files.readString(system.get())).append('\n');
        }
        return write("bundle.pem", pem.append(Files.readString(ca)).toString());
    }

    /** A configuration of wget. */
    Path wget(Path bundle) throws IOException {
        return write("wgetrc", "ca_certificate = " + bundle + "\n");
    }

    /**
     * @param before the folders that PHP is told to scan already
     * @return a folder with PHP's trust after them; an empty entry stands for PHP's own
     */
    String phpFolders(Path bundle, @Nullable String before) throws IOException {
        Path folder = Files.createDirectories(ca.resolveSibling("php"));
        write("php/hotpool.ini", "curl.cainfo = \"" + bundle + "\"\nopenssl.cafile = \"" + bundle + "\"\n");
        return (before == null ? "" : before) + ":" + folder;
    }

    /** The roots of this Java and hotpool's own, as PKCS #12. */
    Path javaStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        KeyStore own = KeyStore.getInstance(
                Path.of(System.getProperty("java.home"), "lib", "security", "cacerts")
                        .toFile(),
                STORE_PASSWORD.toCharArray());
        for (String alias : Collections.list(own.aliases())) {
            Certificate root = own.getCertificate(alias);
            if (root != null) {
                store.setCertificateEntry(alias, root);
            }
        }
        try (var pem = Files.newInputStream(ca)) {
            store.setCertificateEntry(
                    "hotpool", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        Path draft = draft("bundle.p12");
        try (OutputStream out = Files.newOutputStream(draft)) {
            store.store(out, STORE_PASSWORD.toCharArray());
        }
        return publish(draft, "bundle.p12");
    }

    private Path write(String name, String text) throws IOException {
        return publish(Files.writeString(draft(name), text), name);
    }

    private Path draft(String name) {
        return ca.resolveSibling(name + "." + ProcessHandle.current().pid() + ".tmp");
    }

    private Path publish(Path draft, String name) throws IOException {
        return Files.move(
                draft, ca.resolveSibling(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
