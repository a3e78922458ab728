package io.hotpool.server.config;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold between keys, beyond what each may be by itself. */
final class CrossRules {
    private CrossRules() {}

    static void check(Values values, Problems problems) {
        guardedListeners(values, problems);
        distinctUsers(values, problems);
        readableFiles(values, problems);
        if (values.get(Keys.DNS_MIN_TTL).compareTo(values.get(Keys.DNS_MAX_TTL)) > 0) {
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
        if (values.get(Keys.PROXY_USERS).isEmpty()
                && values.get(Keys.PROXY_ALLOW_CLIENTS).isEmpty()) {
            refuseWide(values, Keys.PROXY_LISTEN, "proxy.users or proxy.allow_clients", problems);
        }
        if (values.get(Keys.ADMIN_TOKEN).isEmpty()
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
            if (!Files.isReadable(file)) {
                problems.error(
                        values.place(Keys.TLS_EXTRA_CA),
                        "tls.extra_ca_files",
                        file + " does not exist or is not readable");
            }
        }
        values.get(Keys.PROFILE_DIR)
                .filter(dir -> !Files.isDirectory(dir))
                .ifPresent(dir -> problems.error(
                        values.place(Keys.PROFILE_DIR), "fingerprint.profile_dir", dir + " is not a folder"));
    }
}
