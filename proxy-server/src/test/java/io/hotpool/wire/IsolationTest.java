package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Identity;
import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.ScriptedProxy;
import io.hotpool.wire.fixture.Seen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions, profiles, ways out, verification, client certificates and logins, all at one origin: no connection carries requests
 * of two of them, and those of one share theirs.
 */
class IsolationTest {
    private static final String KEY = "X-Key";

    @RegisterExtension
    static final Lab lab = Lab.with(
            config -> config.set("pool", "max_connections = 400", "max_conns_per_host = 200", "max_idle_conns = 300"));

    @TempDir
    Path folder;

    private final Map<String, List<String>> ways = new LinkedHashMap<>();

    /** Every combination of what a client may ask for, by a name. */
    private void everyWay(ScriptedProxy... proxies) {
        List<String> egresses = new ArrayList<>(List.of("direct"));
        for (ScriptedProxy proxy : proxies) {
            egresses.add(proxy.url("http"));
        }
        for (String session : List.of("", "a")) {
            for (String profile : List.of("chrome", "firefox")) {
                for (String egress : egresses) {
                    List<String> fields = new ArrayList<>();
                    fields.add("X-Hotpool-Profile: " + profile);
                    fields.add("X-Hotpool-Upstream: " + egress);
                    if (!session.isEmpty()) {
                        fields.add("X-Hotpool-Session: " + session);
                    }
                    ways.put(session + "/" + profile + "/" + egresses.indexOf(egress), fields);
                }
            }
        }
    }

    /** All of them twice, in any order, each by a client connection of its own. */
    private void ask(ScriptedOrigin origin, String phase, Random random) throws IOException {
        List<String> order = new ArrayList<>(ways.keySet());
        order.addAll(ways.keySet());
        Collections.shuffle(order, random);
        String host = Lab.HOST + ":" + origin.port();
        for (String way : order) {
            List<String> lines = new ArrayList<>(ways.get(way));
            lines.add("Host: " + host);
            lines.add(KEY + ": " + phase + way);
            try (RawClient client = lab.client()) {
                RawClient.Response response = client.get("https://" + host + "/", lines.toArray(String[]::new));
                assertThat(response.status()).as(response::toString).isEqualTo(200);
            }
        }
    }

    private static void patch(String json) {
        Program.named("curl")
                .args("-sS", "-f", "-X", "PATCH", "-H", "Content-Type: application/json", "--data", json)
                .args("http://127.0.0.1:" + lab.daemon().admin().getPort() + "/api/v1/config")
                .run()
                .ok();
    }

    private String certificate(String name) throws IOException {
        Path own = Files.createDirectories(folder.resolve(name));
        Identity identity = TestCertificates.authority("Clients")
                .certificate()
                .subject(name)
                .key("EC")
                .clientOnly()
                .issue();
        Path key = identity.writeKey(own);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        return "{\"cert\": \"" + identity.writeChain(own) + "\", \"key\": \"" + key + "\"}";
    }

    private static String rule(String more) {
        return "{\"rule\": [{\"host\": \"*.example.test\", " + more + "}]}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"http/1.1", "h2"})
    void no_connection_carries_requests_of_two_keys_and_one_key_shares_its_own(String protocol) throws Exception {
        Random random = new Random(7);
        try (ScriptedOrigin origin = origin(protocol);
                ScriptedProxy one = ScriptedProxy.start();
                ScriptedProxy other = ScriptedProxy.start()) {
            everyWay(one, other);
            String first = certificate("first");
            String second = certificate("second");
            try {
                ask(origin, "plain ", random);
                patch(rule("\"verify\": false"));
                ask(origin, "unverified ", random);
                patch(rule("\"client_certificate\": " + first));
                ask(origin, "first ", random);
                patch(rule("\"client_certificate\": " + second));
                ask(origin, "second ", random);
                patch("{\"rule\": null, \"tls.insecure_hosts\": [\"" + Lab.HOST + "\"]}");
                ask(origin, "unverified ", random);
                patch("{\"tls.insecure_hosts\": null}");
                ask(origin, "plain ", random);
            } finally {
                patch("{\"rule\": null, \"tls.insecure_hosts\": null}");
            }

            Map<Integer, Set<String>> keys = by(origin, Seen::connection, r -> r.header(KEY));
            assertThat(keys.values())
                    .as("keys of each connection")
                    .allSatisfy(k -> assertThat(k).hasSize(1));
            Map<String, Set<Integer>> connections = by(origin, r -> r.header(KEY), Seen::connection);
            assertThat(connections).as("connections of each key").hasSize(4 * ways.size());
            assertThat(connections.values())
                    .as("connections of each key")
                    .allSatisfy(c -> assertThat(c).hasSize(1));
            assertThat(one.asked()).as("proxies carry their own").hasSameSizeAs(other.asked());
            assertThat(one.asked()).hasSize(4 * ways.size() / 3);
        }
    }

    @Test
    void another_source_address_is_another_way_out() throws Exception {
        try (ScriptedOrigin origin = origin("http/1.1")) {
            everyWay();
            try {
                ask(origin, "any ", new Random(1));
                patch("{\"upstream.local_addresses\": [\"127.0.0.41\"]}");
                ask(origin, "from .41 ", new Random(2));
                patch("{\"upstream.local_addresses\": [\"127.0.0.42\"]}");
                ask(origin, "from .42 ", new Random(3));
            } finally {
                patch("{\"upstream.local_addresses\": null}");
            }
            assertThat(by(origin, Seen::connection, r -> r.header(KEY)).values())
                    .allSatisfy(k -> assertThat(k).hasSize(1));
            assertThat(by(origin, r -> r.header(KEY), Seen::connection).values())
                    .allSatisfy(c -> assertThat(c).hasSize(1));
        }
    }

    @Test
    void a_connection_that_logged_in_serves_its_client_alone_whatever_it_and_others_ask_for() throws Exception {
        try (ScriptedOrigin origin = origin("http/1.1");
                RawClient alice = lab.client();
                RawClient bob = lab.client()) {
            String host = Lab.HOST + ":" + origin.port();
            String url = "https://" + host + "/";
            String login = "Authorization: NTLM TlRMTVNTUAAB";
            alice.get(url, "Host: " + host, KEY + ": alice", login);
            bob.get(url, "Host: " + host, KEY + ": bob", login);
            alice.get(url, "Host: " + host, KEY + ": alice in session", login, "X-Hotpool-Session: s");
            everyWay();
            ask(origin, "others ", new Random(4));
            for (int i = 0; i < 2; i++) {
                alice.get(url, "Host: " + host, KEY + ": alice");
                bob.get(url, "Host: " + host, KEY + ": bob");
                alice.get(url, "Host: " + host, KEY + ": alice in session", "X-Hotpool-Session: s");
            }
            assertThat(by(origin, Seen::connection, r -> r.header(KEY)).values())
                    .allSatisfy(k -> assertThat(k).hasSize(1));
            Map<String, Set<Integer>> connections = by(origin, r -> r.header(KEY), Seen::connection);
            assertThat(connections.entrySet())
                    .extracting(Map.Entry::getKey, e -> e.getValue().size())
                    .contains(tuple("alice", 1), tuple("bob", 1), tuple("alice in session", 1));
        }
    }

    private static ScriptedOrigin origin(String protocol) {
        ScriptedOrigin.Builder builder = ScriptedOrigin.tls(lab.leaf());
        return protocol.equals("h2")
                ? builder.http2(IsolationTest::answer).start()
                : builder.alpn("http/1.1").start();
    }

    private static void answer(H2Peer peer) throws IOException {
        peer.settings();
        while (true) {
            peer.respond(peer.readRequest().stream(), 200, "");
        }
    }

    private static <K, V> Map<K, Set<V>> by(ScriptedOrigin origin, Function<Seen, K> key, Function<Seen, V> value) {
        return origin.requests().stream()
                .collect(Collectors.groupingBy(
                        key, TreeMap::new, Collectors.mapping(value, Collectors.toCollection(TreeSet::new))));
    }
}
