package io.hotpool.server.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A whole file drawn at random: right values for some of the keys, and at most one mistake. Every key of the registry takes part:
 * those whose kind of value is not known here with their default.
 */
public final class RandomConfiguration {
    /** No key takes a date. */
    private static final String WRONG_FOR_EVERY_KEY = "1979-05-27";

    /** Where a start reaches beyond its own folder and loopback, or what the tests need themselves. */
    private static final Set<String> LEFT_ALONE = Set.of(
            "proxy.listen",
            "admin.listen",
            "ca.dir",
            "access.state_file",
            "log.level",
            "log.access_log",
            "tls.key_log_file",
            "fingerprint.profile_dir",
            "tls.extra_ca_files",
            "proxy.users",
            "prewarm");

    private static final String HASH =
            "pbkdf2-sha256$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    /** Tables, drawn whole. */
    private static final Map<String, List<String>> TABLES = Map.of(
            "rule",
            List.of(
                    "[]",
                    "[{ host = \"*.a.test\", profile = \"firefox\" }]",
                    "[{ host = \"b.test\", tunnel = true }, { host = \"*\", verify = false, timeout = \"5s\" }]",
                    "[{ host = \"*\", limits = { rate = 5, concurrency = 2 }, protocol = \"h1\" }]"),
            "proxy.users",
            List.of(
                    "[]",
                    "[{ name = \"alice\", password_hash = \"" + HASH + "\" }]",
                    "[{ name = \"bob\", password_hash = \"" + HASH
                            + "\", profile = \"firefox\", limits = { rate = 2.5 } }]"),
            "prewarm",
            List.of("[]", "[{ host = \"127.0.0.1\", port = 1, scheme = \"http\" }]"),
            "dns.hosts",
            List.of("{}", "{ \"app.test\" = [\"127.0.0.1\", \"::1\"] }", "{ \"a.test\" = \"127.0.0.2\" }"),
            "fingerprint.profile",
            List.of("\"chrome\"", "\"firefox\"", "\"chrome-156\""),
            "limits.client",
            List.of("{}", "{ rate = 50 }", "{ rate = 0.5, concurrency = 20 }"));

    /** Mistakes that only the whole configuration shows: lines by section, and the key that is blamed. */
    private record Contradiction(Map<String, String> values, String blamed) {}

    private static final List<Contradiction> CONTRADICTIONS = List.of(
            new Contradiction(Map.of("dns.min_ttl", "\"2h\"", "dns.max_ttl", "\"1h\""), "dns.min_ttl"),
            new Contradiction(
                    Map.of("proxy.listen", "\"0.0.0.0:0\"", "proxy.users", "[]", "proxy.allow_clients", "[]"),
                    "proxy.listen"),
            new Contradiction(
                    Map.of("admin.listen", "\"[::]:0\"", "admin.token", "\"\"", "admin.allow_clients", "[]"),
                    "admin.listen"),
            new Contradiction(Map.of("fingerprint.profile", "\"lynx\""), "fingerprint.profile"),
            new Contradiction(Map.of("rule", "[{ host = \"*\", profile = \"chrme\" }]"), "rule"),
            new Contradiction(Map.of("rule", "[{ host = \"*\", tunel = true }]"), "rule"),
            new Contradiction(Map.of("rule", "[{ profile = \"chrome\" }]"), "rule"),
            new Contradiction(Map.of("prewarm", "[{ host = \"a b\" }]"), "prewarm"),
            new Contradiction(Map.of("tls.extra_ca_files", "[\"no-such-file.pem\"]"), "tls.extra_ca_files"),
            new Contradiction(Map.of("tls.extra_ca_files", "[\"not-a-certificate.pem\"]"), "tls.extra_ca_files"),
            new Contradiction(Map.of("fingerprint.profile_dir", "\"no-such-folder\""), "fingerprint.profile_dir"),
            new Contradiction(
                    Map.of(
                            "proxy.users",
                            "[{ name = \"a\", password_hash = \"" + HASH + "\" }, { name = \"a\", password_hash = \""
                                    + HASH + "\" }]"),
                    "proxy.users"),
            new Contradiction(Map.of("proxy.users", "[{ name = \"a\", password_hash = \"plain\" }]"), "proxy.users"));

    private final Map<String, String> values;
    private final @Nullable String blamed;

    private RandomConfiguration(Map<String, String> values, @Nullable String blamed) {
        this.values = values;
        this.blamed = blamed;
    }

    /** @param fixed values that every file shall have, by key */
    public static RandomConfiguration right(Random random, Map<String, String> fixed) {
        return new RandomConfiguration(draw(random, fixed), null);
    }

    public static RandomConfiguration withOneMistake(Random random, Map<String, String> fixed) {
        Map<String, String> values = draw(random, fixed);
        switch (random.nextInt(4)) {
            case 0 -> {
                Key<?> key = any(random, Keys.ALL);
                values.put(key.path(), WRONG_FOR_EVERY_KEY);
                return new RandomConfiguration(values, key.path());
            }
            case 1 -> {
                Key<?> key = any(
                        random,
                        Keys.ALL.stream().filter(k -> Samples.of(k) != null).toList());
                values.put(key.path(), any(random, Samples.of(key).wrong()));
                return new RandomConfiguration(values, key.path());
            }
            case 2 -> {
                Key<?> key = any(random, Keys.ALL);
                String misspelled = key.path() + "_x";
                values.put(misspelled, key.defaultToml());
                return new RandomConfiguration(values, misspelled);
            }
            default -> {
                Contradiction contradiction = any(random, CONTRADICTIONS);
                values.putAll(contradiction.values());
                return new RandomConfiguration(values, contradiction.blamed());
            }
        }
    }

    private static Map<String, String> draw(Random random, Map<String, String> fixed) {
        Map<String, String> values = new LinkedHashMap<>();
        for (Key<?> key : Keys.ALL) {
            boolean mine = !LEFT_ALONE.contains(key.path()) || TABLES.containsKey(key.path());
            if (mine && random.nextInt(3) == 0) {
                values.put(key.path(), rightValue(random, key));
            }
        }
        values.putAll(fixed);
        return values;
    }

    private static String rightValue(Random random, Key<?> key) {
        List<String> tables = TABLES.get(key.path());
        if (tables != null) {
            return any(random, tables);
        }
        Samples samples = Samples.of(key);
        return samples == null ? key.defaultToml() : samples.fitting(key, random);
    }

    private static <T> T any(Random random, List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /** The key whose value is wrong, null when everything is right. */
    public @Nullable String blamed() {
        return blamed;
    }

    public String toml() {
        List<String> lines = new ArrayList<>();
        values.forEach((path, value) -> {
            if (path.indexOf('.') < 0) {
                lines.add(path + " = " + value);
            }
        });
        Set<String> sections = values.keySet().stream()
                .filter(path -> path.indexOf('.') > 0)
                .map(path -> path.substring(0, path.indexOf('.')))
                .collect(Collectors.toCollection(java.util.LinkedHashSet::new));
        for (String section : sections) {
            lines.add("[" + section + "]");
            values.forEach((path, value) -> {
                if (path.startsWith(section + ".")) {
                    lines.add(path.substring(section.length() + 1) + " = " + value);
                }
            });
        }
        return String.join("\n", lines) + "\n";
    }
}
