package io.hotpool.pool.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.fingerprint.AkamaiHttp2;
import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHello.RawExtension;
import io.hotpool.pool.fingerprint.Http2Opening;
import io.hotpool.pool.fingerprint.Ja3;
import io.hotpool.pool.fingerprint.Ja4;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Field;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every built-in profile against what was captured or published of that browser. */
class BuiltInProfilesTest {
    static List<BrowserProfile> profiles() {
        return Profiles.builtIn().all();
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void a_profile_promises_what_its_own_facts_give(BrowserProfile profile) {
        assertThat(akamai(profile.http2())).isEqualTo(profile.expected().akamai());
        ClientHello hello = ShapeHello.of(profile.tls());
        boolean paddingComesAndGoes =
                profile.extension(21).isPresent() && profile.extension(65037).isPresent();
        assertThat(profile.expected().ja3n()).isEqualTo(paddingComesAndGoes ? "" : Ja3.normalizedMd5(hello));
        assertThat(profile.expected().ja4()).isEqualTo(paddingComesAndGoes ? "" : Ja4.text(hello));
        assertThat(profile.expected().ja3()).isEqualTo(profile.tls().permuted() ? "" : Ja3.md5(hello));
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void a_profile_says_where_it_comes_from(BrowserProfile profile) {
        assertThat(profile.provenance().source()).isNotBlank();
        assertThat(profile.provenance().captured()).isNotBlank();
        assertThat(profile.provenance().verified()).isNotEmpty();
        assertThat(profile.provenance().assumed()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void the_user_agent_the_hints_and_the_name_are_one_identity(BrowserProfile profile) {
        Map<String, String> navigate = profile.headers().fields(Protocol.H2, RequestKind.NAVIGATE).stream()
                .collect(Collectors.toMap(Field::name, Field::value));
        String agent = navigate.get("user-agent");
        String major = profile.version().split("\\.")[0];
        String told = switch (profile.browser()) {
            case "chrome", "chromium", "brave" -> "Chrome/" + major + ".";
            case "edge" -> "Edg/" + major + ".";
            case "firefox" -> "Firefox/" + major + ".";
            case "tor" -> "Firefox/";
            case "safari" -> "Version/" + profile.version().split("-")[0];
            case "okhttp" -> "okhttp/" + profile.version();
            default -> fail("a family without a rule: " + profile.browser());
        };
        assertThat(agent).contains(told);
        assertThat(profile.name()).startsWith(profile.browser() + "-" + major);
        String brands = navigate.get("sec-ch-ua");
        assertThat(brands != null).isEqualTo(agent.contains("Chrome/"));
        if (brands != null) {
            assertThat(brands).contains("\"Chromium\";v=\"" + major + "\"");
            assertThat(navigate.get("sec-ch-ua-mobile")).isEqualTo(agent.contains("Mobile") ? "?1" : "?0");
        }
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void a_profile_can_dress_every_kind_of_request(BrowserProfile profile) {
        for (Protocol protocol : Protocol.values()) {
            for (RequestKind kind : RequestKind.values()) {
                assertThat(profile.headers().fields(protocol, kind)).isNotEmpty();
            }
        }
        assertThat(profile.alpn()).containsExactly("h2", "http/1.1");
    }

    @ParameterizedTest
    @CsvSource({
        "chrome-150, chrome_150.0.7871.127_macOS",
        "chrome-146, tls-client_chrome_146",
        "chrome-136, chrome_136.0.7103.93",
        "chrome-133, chrome_133.0.6943.55",
        "chrome-131, chrome_131.0.6778.86",
        "chrome-123, chrome_123.0.6312.124",
        "chrome-116, chrome_116.0.5845.180_win10",
        "chrome-110, chrome_110.0.5481.177_win10",
        "chrome-104, chrome_104.0.5112.81_win10",
        "chrome-100, chrome_100.0.4896.127_win10",
        "chrome-99-android, chrome_99.0.4844.73_android12-pixel6",
        "edge-120, edge_120.0.2210.61_linux",
        "edge-118, edge_118.0.2088.76_linux",
        "edge-101, edge_101.0.1210.47_win10",
        "brave-146, tls-client_brave_146",
        "firefox-144, firefox_144.0.0_linux",
        "firefox-133, firefox_133.0.3_linux",
        "firefox-117, lwthiker_firefox_117.0.1_win10",
        "tor-14.5, tor_14.5_macOS",
        "safari-26.0.1, safari_26.0.1_macOS",
        "safari-26.0, safari_26.0_macOS",
        "safari-18.0, safari_18.0_macOS",
        "safari-17.0, safari_17.0_macOS",
        "safari-15.3, safari_15.3_macos11.6.4",
        "safari-26.0-ios, tls-client_safari_ios_26_0",
        "safari-18.5-ios, tls-client_safari_ios_18_5",
        "safari-18.4-ios, safari_18.4_iOS",
        "safari-18.0-ios, safari_18.0_iOS"
    })
    void a_published_signature_is_met(String name, String file) {
        BrowserProfile profile = Profiles.builtIn().find(name).orElseThrow();
        JsonNode published = reference("browsers/" + file + ".json");
        ClientHello hello = ShapeHello.of(profile.tls());
        JsonNode prints = published.at("/tls/fingerprints");
        assertThat(Ja4.text(hello)).isEqualTo(prints.get("ja4").asText());
        assertThat(Ja4.raw(hello)).isEqualTo(prints.get("ja4_r").asText());
        assertThat(Ja3.normalizedMd5(hello)).isEqualTo(prints.get("ja3n_md5").asText());
        if (!prints.get("ja3_md5").asText().equals("varies")) {
            assertThat(Ja3.md5(hello)).isEqualTo(prints.get("ja3_md5").asText());
        }
        if (published.at("/http2").has("akamai")) {
            assertThat(akamai(profile.http2()))
                    .isEqualTo(published.at("/http2/akamai").asText());
        }
        published
                .at("/http2/requests/navigate/headers")
                .forEach(h -> assertThat(profile.headers().fields(Protocol.H2, RequestKind.NAVIGATE))
                        .contains(
                                new Field(h.get("name").asText(), h.get("value").asText())));
        List<String> sent = profile.headers().fields(Protocol.H2, RequestKind.NAVIGATE).stream()
                .filter(f -> !f.placeOnly())
                .map(Field::name)
                .toList();
        List<String> order = new java.util.ArrayList<>();
        published.at("/http2/requests/navigate/header_order").forEach(n -> order.add(n.asText()));
        assertThat(sent).isEqualTo(order);
    }

    /** Chrome 119 and 120 were published from a resumed connection. */
    @ParameterizedTest
    @CsvSource({"chrome-120, chrome_120.0.6099.109_macOS", "chrome-119, chrome_119.0.6045.199_macOS"})
    void a_signature_of_a_resumed_connection_is_met_with_a_ticket(String name, String file) {
        BrowserProfile profile = Profiles.builtIn().find(name).orElseThrow();
        JsonNode prints = reference("browsers/" + file + ".json").at("/tls/fingerprints");
        ClientHello resumed = ShapeHello.of(profile.tls(), new RawExtension(41, new byte[0]));
        assertThat(Ja4.text(resumed)).isEqualTo(prints.get("ja4").asText());
        assertThat(Ja3.normalizedMd5(resumed)).isEqualTo(prints.get("ja3n_md5").asText());
    }

    @Test
    void the_files_are_what_the_tool_makes_of_the_references() throws Exception {
        Process tool = new ProcessBuilder("python3", "src/test/reference-tools/make_profile.py", "--check")
                .redirectErrorStream(true)
                .start();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tool.waitFor()).as(said).isZero();
    }

    @Test
    void what_another_version_already_is_was_not_made_again() {
        assertThat(List.of("chrome-149", "firefox-151", "safari-26.4", "firefox-147", "firefox-148"))
                .noneMatch(name -> Profiles.builtIn().find(name).isPresent());
    }

    private static String akamai(Http2Shape http2) {
        return AkamaiHttp2.text(
                http2.settings().stream()
                        .map(s -> new Http2Opening.Setting(s.id(), s.value()))
                        .toList(),
                http2.connectionWindowUpdate(),
                http2.priorityFrames().stream()
                        .map(p -> new Http2Opening.Priority(p.stream(), p.exclusive(), p.dependsOn(), p.weight()))
                        .toList(),
                http2.pseudoHeaders());
    }

    private static JsonNode reference(String path) {
        try (InputStream in = BuiltInProfilesTest.class.getResourceAsStream("/reference/" + path)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new AssertionError(path, e);
        }
    }
}
