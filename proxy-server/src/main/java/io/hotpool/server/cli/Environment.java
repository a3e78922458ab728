package io.hotpool.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The environment variables by which programs find the proxy and trust its certificates. Variables that replace a program's own
 * roots name a bundle that holds the system's roots too.
 */
final class Environment {
    private static final List<String> PROXIES = List.of("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY");
    private static final List<String> BUNDLES = List.of(
            "SSL_CERT_FILE",
            "CURL_CA_BUNDLE",
            "REQUESTS_CA_BUNDLE",
            "PIP_CERT",
            "GIT_SSL_CAINFO",
            "CARGO_HTTP_CAINFO",
            "PERL_LWP_SSL_CA_FILE");

    private Environment() {}

    /** Writes the files that the variables name beside the root certificate. */
    static Map<String, String> variables(String proxy, Path ca) throws IOException, GeneralSecurityException {
        TrustFiles files = new TrustFiles(ca);
        Path bundle = files.bundle();
        String url = "http://" + proxy;
        Map<String, String> all = new LinkedHashMap<>();
        for (String name : PROXIES) {
            all.put(name, url);
            all.put(name.toLowerCase(Locale.ROOT), url);
        }
        all.put("NODE_EXTRA_CA_CERTS", ca.toString());
        all.put("NODE_USE_ENV_PROXY", "1");
        all.put("PERL_LWP_ENV_PROXY", "1");
        for (String name : BUNDLES) {
            all.put(name, bundle.toString());
        }
        all.put("PHP_INI_SCAN_DIR", files.phpFolders(bundle, System.getenv("PHP_INI_SCAN_DIR")));
        if (!hasWgetFile()) {
            all.put("WGETRC", files.wget(bundle).toString());
        }
        all.put("JAVA_TOOL_OPTIONS", javaOptions(proxy, files.javaStore()));
        return all;
    }

    /** wget reads one file of its user; one that is there stays in force. */
    private static boolean hasWgetFile() {
        return System.getenv("WGETRC") != null
                || Path.of(System.getProperty("user.home"), ".wgetrc").toFile().exists();
    }

    private static String javaOptions(String proxy, Path store) {
        int colon = proxy.lastIndexOf(':');
        String host = proxy.substring(0, colon).replace("[", "").replace("]", "");
        String port = proxy.substring(colon + 1);
        return "-Dhttp.proxyHost=" + host + " -Dhttp.proxyPort=" + port + " -Dhttps.proxyHost=" + host
                + " -Dhttps.proxyPort=" + port + " -Djavax.net.ssl.trustStore=" + store
                + " -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword="
                + TrustFiles.STORE_PASSWORD;
    }
}
