package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHello.RawExtension;
import io.hotpool.pool.fingerprint.ClientHelloParser;
import io.hotpool.pool.fingerprint.MalformedInputException;
import io.hotpool.pool.fingerprint.MirroredProfiles;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.Profiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hellos of captured clients, mirrored: what is sent instead has no difference for the reference tool. */
class MirroredHelloTest {
    private static final Path TOOLS = Path.of("src/test/reference-tools");
    private static final Path CLIENTS = Path.of("src/test/resources/reference/clients");
    private static final BrowserProfile STANDARD =
            Profiles.builtIn().find("chrome").orElseThrow();

    private final MirroredProfiles mirrored = new MirroredProfiles();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chromium-156",
                "firefox-esr-153",
                "curl-7.88",
                "java-17-httpclient",
                "java-25-httpclient",
                "go-1.19-nethttp",
                "node-20-fetch",
                "python-3.11-urllib",
                "wget-1.21-gnutls",
                "nghttp-1.52",
                "openssl-3.0-s_client",
                "gnutls-cli-3.7"
            })
    void a_mirrored_hello_is_the_clients(String client) throws Exception {
        List<ClientHello> hellos = hellos(client, "fresh");
        Set<BrowserProfile> profiles = new HashSet<>();
        hellos.forEach(hello -> profiles.add(mirrored.profile(hello, null, STANDARD)));
        BrowserProfile profile = mirrored.profile(hellos.get(0), null, STANDARD);
        compare(profile, client, Set.of(), "fresh");
        boolean permutes = client.startsWith("chromium");
        assertThat(profile.tls().permuted()).isEqualTo(permutes);
        assertThat(profile).isSameAs(mirrored.profile(hellos.get(1), null, STANDARD));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"chromium-156", "firefox-esr-153", "node-20-fetch", "java-17-httpclient", "go-1.19-nethttp"})
    void a_hello_with_a_ticket_says_what_is_left_out_beside_one(String client) throws Exception {
        hellos(client, "fresh").forEach(hello -> mirrored.profile(hello, null, STANDARD));
        BrowserProfile profile = null;
        for (ClientHello hello : hellos(client, "resumed")) {
            profile = mirrored.profile(hello, null, STANDARD);
        }
        compare(profile, client, Set.of(), "fresh");
        compare(profile, client, Set.of(HelloForm.RESUMED), "resumed");
    }

    @Test
    void clients_of_different_shapes_never_share_a_profile() throws Exception {
        Set<BrowserProfile> profiles = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
        List<String> clients = List.of("curl-7.88", "java-17-httpclient", "go-1.19-nethttp", "wget-1.21-gnutls");
        for (String client : clients) {
            profiles.add(mirrored.profile(hellos(client, "fresh").get(0), null, STANDARD));
        }
        assertThat(profiles).hasSameSizeAs(clients);
    }

    @Test
    void another_order_is_another_profile_until_the_client_is_seen_to_draw_it() throws Exception {
        Random random = new Random(7);
        ClientHello hello = hellos("go-1.19-nethttp", "fresh").get(0);
        Set<List<Integer>> orders = new HashSet<>();
        for (int i = 1; i <= 4; i++) {
            List<RawExtension> shuffled = new ArrayList<>(hello.extensions());
            java.util.Collections.shuffle(shuffled, random);
            BrowserProfile profile = mirrored.profile(with(hello, shuffled), null, STANDARD);
            assertThat(profile.tls().permuted()).isEqualTo(i == 4);
            orders.add(profile.tls().extensions().stream()
                    .map(BrowserProfile.Extension::type)
                    .toList());
        }
        assertThat(orders).hasSize(3);
    }

    @Test
    void what_cannot_be_sent_or_kept_is_named() throws Exception {
        ClientHello hello = hellos("curl-7.88", "fresh").get(0);
        refused(with(hello, 30032, ""), "channel_id");
        refused(with(hello, 1, "01"), "max_fragment_length");
        refused(with(hello, 51, "000800020004aabbccdd"), "key_share: group 0x0002");
        refused(with(hello, 16, "0003026833"), "application protocols: [h3]");
        refused(with(hello, 27, "020063"), "compress_certificate: [99]");
        refused(with(hello, 45, "0100"), "psk_dhe_ke");
        refused(with(hello, 43, "0403020301"), "neither TLS 1.3 nor TLS 1.2");
        ClientHello old = new ClientHello(
                0x0301,
                hello.length(),
                0x0301,
                hello.random(),
                hello.sessionId(),
                hello.cipherSuites(),
                List.of(0),
                hello.extensions());
        refused(old, "older than TLS 1.2");
    }

    private void refused(ClientHello hello, String why) {
        assertThatThrownBy(() -> mirrored.profile(hello, null, STANDARD))
                .isInstanceOf(MalformedInputException.class)
                .hasMessageContaining(why);
    }

    /** The hello with that extension in place of its own of the type. */
    private static ClientHello with(ClientHello hello, int type, String hex) {
        List<RawExtension> extensions = new ArrayList<>(hello.extensions());
        extensions.removeIf(e -> e.type() == type);
        extensions.add(new RawExtension(type, HexFormat.of().parseHex(hex)));
        return with(hello, extensions);
    }

    private static ClientHello with(ClientHello hello, List<RawExtension> extensions) {
        return new ClientHello(
                hello.recordVersion(),
                hello.length(),
                hello.legacyVersion(),
                hello.random(),
                hello.sessionId(),
                hello.cipherSuites(),
                hello.compressionMethods(),
                extensions);
    }

    private static List<ClientHello> hellos(String client, String testCase) throws IOException {
        JsonNode samples = new ObjectMapper()
                .readTree(CLIENTS.resolve(client + ".json").toFile())
                .at("/tls/cases/" + testCase + "/samples");
        List<ClientHello> hellos = new ArrayList<>();
        samples.forEach(hex -> hellos.add(ClientHelloParser.parse(HexFormat.of().parseHex(hex.asText()))));
        assertThat(hellos).isNotEmpty();
        return hellos;
    }

    private void compare(BrowserProfile profile, String client, Set<HelloForm> forms, String testCase)
            throws Exception {
        byte[] hello = SampleHello.records(profile, new Random(5), forms);
        Path file =
                Files.writeString(folder.resolve("hello.hex"), HexFormat.of().formatHex(hello));
        Process tool = new ProcessBuilder(
                        "python3",
                        TOOLS.resolve("tlsfp.py").toString(),
                        "compare",
                        "@" + file,
                        CLIENTS.resolve(client + ".json").toString(),
                        "--case",
                        testCase)
                .redirectErrorStream(true)
                .start();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(tool.exitValue()).as(said).isZero();
    }
}
