package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHelloParser;
import io.hotpool.pool.fingerprint.Ja3;
import io.hotpool.pool.fingerprint.Ja4;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.Profiles;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The hello of every built-in profile as bytes, read back, and compared with its reference by the reference tool. */
class EveryProfilesHelloTest {
    private static final Path TOOLS = Path.of("src/test/reference-tools");
    private static final Path REFERENCE = Path.of("src/test/resources/reference");

    private static final int SEED_OF_CHACHA = 5;

    private static final int HELLOS = 64;

    /** What was found equal, for people. */
    private static final List<String> TABLE = new ArrayList<>();

    @TempDir
    Path folder;

    static List<BrowserProfile> profiles() {
        return Profiles.builtIn().all();
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void the_hello_has_the_promised_fingerprints(BrowserProfile profile) {
        ClientHello hello = ClientHelloParser.parse(SampleHello.message(profile, new Random(1), Set.of()));
        // Edge 120 pads a hello only when its ECH GREASE is short: it promises neither.
        assertThat(profile.expected().ja4()).isEqualTo(profile.name().equals("edge-120") ? "" : Ja4.text(hello));
        assertThat(profile.expected().ja3n()).isIn("", Ja3.normalizedMd5(hello));
        assertThat(profile.expected().ja3()).isIn("", Ja3.md5(hello));
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void what_a_browser_varies_varies_and_nothing_else(BrowserProfile profile) {
        Set<List<Integer>> orders = new HashSet<>();
        Random random = new Random(2);
        for (int i = 0; i < 32; i++) {
            orders.add(ClientHelloParser.parse(SampleHello.message(profile, random, Set.of())).extensions().stream()
                    .map(e -> ClientHello.isGrease(e.type()) ? BrowserProfile.GREASE : e.type())
                    .toList());
        }
        assertThat(orders).hasSize(profile.tls().permuted() ? 32 : 1);
    }

    @ParameterizedTest
    @CsvSource({
        "chromium-156, clients/chromium-156",
        "chrome-156, clients/chromium-156",
        "firefox-153, clients/firefox-esr-153",
        "chrome-150, browsers/chrome_150.0.7871.127_macOS",
        "chrome-146, browsers/tls-client_chrome_146",
        "chrome-136, browsers/chrome_136.0.7103.93",
        "chrome-133, browsers/chrome_133.0.6943.55",
        "chrome-131, browsers/chrome_131.0.6778.86",
        "chrome-123, browsers/chrome_123.0.6312.124",
        "chrome-116, browsers/chrome_116.0.5845.180_win10",
        "chrome-110, browsers/chrome_110.0.5481.177_win10",
        "chrome-104, browsers/chrome_104.0.5112.81_win10",
        "chrome-100, browsers/chrome_100.0.4896.127_win10",
        "chrome-99-android, browsers/chrome_99.0.4844.73_android12-pixel6",
        "edge-120, browsers/edge_120.0.2210.61_linux",
        "edge-118, browsers/edge_118.0.2088.76_linux",
        "edge-101, browsers/edge_101.0.1210.47_win10",
        "brave-146, browsers/tls-client_brave_146",
        "firefox-144, browsers/firefox_144.0.0_linux",
        "firefox-133, browsers/firefox_133.0.3_linux",
        "firefox-117, browsers/lwthiker_firefox_117.0.1_win10",
        "tor-14.5, browsers/tor_14.5_macOS",
        "safari-26.0.1, browsers/safari_26.0.1_macOS",
        "safari-26.0, browsers/safari_26.0_macOS",
        "safari-18.0, browsers/safari_18.0_macOS",
        "safari-17.0, browsers/safari_17.0_macOS",
        "safari-15.3, browsers/safari_15.3_macos11.6.4",
        "safari-26.0-ios, browsers/tls-client_safari_ios_26_0",
        "safari-18.5-ios, browsers/tls-client_safari_ios_18_5",
        "safari-18.4-ios, browsers/safari_18.4_iOS",
        "safari-18.0-ios, browsers/safari_18.0_iOS"
    })
    void the_reference_tool_finds_no_difference(String name, String reference) throws Exception {
        BrowserProfile profile = Profiles.builtIn().find(name).orElseThrow();
        compare(SampleHello.records(profile, new Random(3), Set.of()), reference, "fresh");
        vary(profile, reference);
        TABLE.add("%-18s fresh EQUAL; variety of %d EQUAL (%s)".formatted(name, HELLOS, reference));
    }

    @ParameterizedTest
    @CsvSource({
        "chromium-156, clients/chromium-156, WEBSOCKET, alpn_http1_only",
        "chromium-156, clients/chromium-156, RESUMED, resumed",
        "chrome-120, browsers/chrome_120.0.6099.109_macOS, RESUMED, resumed",
        "chrome-119, browsers/chrome_119.0.6045.199_macOS, RESUMED, resumed",
        "firefox-153, clients/firefox-esr-153, WEBSOCKET, alpn_http1_only",
        "firefox-153, clients/firefox-esr-153, RESUMED, resumed",
        "firefox-153, clients/firefox-esr-153, RETRY, retry"
    })
    void a_special_form_is_the_browsers_too(String name, String reference, HelloForm form, String testCase)
            throws Exception {
        BrowserProfile profile = Profiles.builtIn().find(name).orElseThrow();
        // With this seed the AEAD of ECH GREASE is the one of the only WebSocket connection that was captured of
        // Firefox.
        compare(SampleHello.records(profile, new Random(SEED_OF_CHACHA), Set.of(form)), reference, testCase);
        TABLE.add("%-18s %s EQUAL (%s)".formatted(name, testCase, reference));
    }

    @AfterAll
    static void printTable() {
        TABLE.stream().sorted().forEach(System.out::println);
    }

    private void compare(byte[] hello, String reference, String testCase) throws Exception {
        Path file =
                Files.writeString(folder.resolve("hello.hex"), HexFormat.of().formatHex(hello));
        tool("compare", "@" + file, reference, "--case", testCase);
    }

    /** A log of many connections, as the capture server would have written it. */
    private void vary(BrowserProfile profile, String reference) throws Exception {
        Random random = new Random(4);
        StringBuilder log = new StringBuilder();
        for (int i = 1; i <= HELLOS; i++) {
            byte[] hello = SampleHello.records(profile, random, Set.of());
            log.append("{\"conn\": %d, \"t\": %d, \"client_hello\": \"%s\"}%n"
                    .formatted(i, i, HexFormat.of().formatHex(hello)));
        }
        Path file = Files.writeString(folder.resolve("hellos.jsonl"), log);
        tool("variety", file.toString(), reference, "--min", String.valueOf(HELLOS));
    }

    /** Padding stands last in a hello of Chromium's TLS, whatever order the others have: the tool wants it to move too. */
    private static boolean onlyPaddingStays(String said) {
        return said.contains("every extension moves around, not: [21]") && said.contains("1 check(s) differ");
    }

    private static void tool(String command, String what, String reference, String... more) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                "python3",
                TOOLS.resolve("tlsfp.py").toString(),
                command,
                what,
                REFERENCE.resolve(reference + ".json").toString()));
        line.addAll(List.of(more));
        Process tool = new ProcessBuilder(line).redirectErrorStream(true).start();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(tool.exitValue() == 0 || onlyPaddingStays(said)).as(said).isTrue();
    }
}
