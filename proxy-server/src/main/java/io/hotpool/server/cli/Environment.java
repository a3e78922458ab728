package io.hotpool.server.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The environment variables by which programs find the proxy and trust its certificates. Variables that replace a program's own
 * roots name a bundle that holds the system's roots too.
 */
final class Environment {
    private static final List<String> SYSTEM_ROOTS =
            List.of("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem");
    private static final String STORE_PASSWORD = "changeit";

    private Environment() {}

    /** Writes the bundles beside the root certificate. */
    static Map<String, String> variables(String proxy, Path ca) throws IOException, GeneralSecurityException {
        Path bundle = writeBundle(ca);
        Path store = writeStore(ca);
        String url = "http://" + proxy;
        Map<String, String> all = new LinkedHashMap<>();
        for (String name : List.of("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")) {
            all.put(name, url);
            all.put(name.toLowerCase(Locale.ROOT), url);
        }
        all.put("NODE_EXTRA_CA_CERTS", ca.toString());
        all.put("NODE_USE_ENV_PROXY", "1");
        for (String name : List.of("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO")) {
            all.put(name, bundle.toString());
        }
        all.put("JAVA_TOOL_OPTIONS", javaOptions(proxy, store));
        return all;
    }

    private static String javaOptions(String proxy, Path store) {
        int colon = proxy.lastIndexOf(':');
        String host = proxy.substring(0, colon).replace("[", "").replace("]", "");
        String port = proxy.substring(colon + 1);
        return "-Dhttp.proxyHost=" + host + " -Dhttp.proxyPort=" + port + " -Dhttps.proxyHost=" + host
                + " -Dhttps.proxyPort=" + port + " -Djavax.net.ssl.trustStore=" + store
                + " -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword=" + STORE_PASSWORD;
    }

    private static Path writeBundle(Path ca) throws IOException {
        StringBuilder pem = new StringBuilder();
        Optional<Path> system =
                SYSTEM_ROOTS.stream().map(Path::of).filter(Files::isReadable).findFirst();
        if (system.isPresent()) {
            pem.append(Files.readString(system.get())).append('\n');
        }
        pem.append(Files.readString(ca));
        return Files.writeString(ca.resolveSibling("bundle.pem"), pem);
    }

    /** The roots of this Java and hotpool's own. */
    private static Path writeStore(Path ca) throws IOException, GeneralSecurityException {
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
        Path file = ca.resolveSibling("bundle.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, STORE_PASSWORD.toCharArray());
        }
        return file;
    }
}
