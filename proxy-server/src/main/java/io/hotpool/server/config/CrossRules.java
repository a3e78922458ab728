package io.hotpool.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold between keys, and between them and the files they name, beyond what each may be by itself. Nothing is said of keys
 * whose value was refused already.
 */
final class CrossRules {
    private CrossRules() {}

    static void check(Values values, Problems problems) {
        guardedListeners(values, problems);
        distinctUsers(values, problems);
        readableFiles(values, problems);
        if (!problems.blame(Keys.DNS_MIN_TTL, Keys.DNS_MAX_TTL)
                && values.get(Keys.DNS_MIN_TTL).compareTo(values.get(Keys.DNS_MAX_TTL)) > 0) {
            problems.error(values.place(Keys.DNS_MIN_TTL), "dns.min_ttl", "is longer than dns.max_ttl");
        }
        if (values.get(Keys.POOL_PER_HOST) > values.get(Keys.POOL_MAX)) {
            problems.warning(
                    values.place(Keys.POOL_PER_HOST),
                    "pool.max_conns_per_host",
                    "is more than pool.max_connections, which bounds it");
        }
    }

    /** An open proxy is an invitation: a port beyond loopback needs somebody who is let in. */
    private static void guardedListeners(Values values, Problems problems) {
        if (!problems.blame(Keys.PROXY_USERS, Keys.PROXY_ALLOW_CLIENTS)
                && values.get(Keys.PROXY_USERS).isEmpty()
                && values.get(Keys.PROXY_ALLOW_CLIENTS).isEmpty()) {
            refuseWide(values, Keys.PROXY_LISTEN, "proxy.users or proxy.allow_clients", problems);
        }
        if (!problems.blame(Keys.ADMIN_TOKEN, Keys.ADMIN_ALLOW_CLIENTS)
                && values.get(Keys.ADMIN_TOKEN).isEmpty()
                && values.get(Keys.ADMIN_ALLOW_CLIENTS).isEmpty()) {
            refuseWide(values, Keys.ADMIN_LISTEN, "admin.token or admin.allow_clients", problems);
        }
    }

    private static void refuseWide(Values values, Key<List<InetSocketAddress>> key, String wanted, Problems problems) {
        values.get(key).stream()
                .filter(address -> !address.getAddress().isLoopbackAddress())
                .findFirst()
                .ifPresent(address -> problems.error(
                        values.place(key),
                        key.path(),
                        ListenType.text(address) + " is reachable from other machines: set " + wanted
                                + ", or listen on 127.0.0.1"));
    }

    private static void distinctUsers(Values values, Problems problems) {
        Set<String> names = new HashSet<>();
        values.get(Keys.PROXY_USERS).stream()
                .map(HotpoolConfig.User::name)
                .filter(name -> !names.add(name))
                .forEach(name ->
                        problems.error(values.place(Keys.PROXY_USERS), "proxy.users", "'" + name + "' is there twice"));
    }

    private static void readableFiles(Values values, Problems problems) {
        for (Path file : values.get(Keys.TLS_EXTRA_CA)) {
            String wrong = wrongWithCertificates(file);
            if (wrong != null) {
                problems.error(values.place(Keys.TLS_EXTRA_CA), "tls.extra_ca_files", file + " " + wrong);
            }
        }
        values.get(Keys.TLS_KEY_LOG)
                .map(file -> Objects.requireNonNull(file.toAbsolutePath().getParent()))
                .filter(folder -> !Files.isWritable(folder))
                .ifPresent(folder -> problems.error(
                        values.place(Keys.TLS_KEY_LOG),
                        "tls.key_log_file",
                        "nothing can be written in the folder " + folder));
        values.get(Keys.PROFILE_DIR)
                .filter(dir -> Files.exists(dir) ? !Files.isDirectory(dir) : !isDefault(values, Keys.PROFILE_DIR))
                .ifPresent(dir -> problems.error(
                        values.place(Keys.PROFILE_DIR), "fingerprint.profile_dir", dir + " is not a folder"));
    }

    private static @Nullable String wrongWithCertificates(Path file) {
        if (!Files.isReadable(file)) {
            return "does not exist or is not readable";
        }
        try (InputStream in = Files.newInputStream(file)) {
            boolean none = CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .isEmpty();
            return none ? "holds no certificate" : null;
        } catch (IOException | CertificateException e) {
            return "holds no certificate that can be read: " + e.getMessage();
        }
    }

    private static boolean isDefault(Values values, Key<?> key) {
        return values.get(key).equals(key.defaultValue());
    }
}
