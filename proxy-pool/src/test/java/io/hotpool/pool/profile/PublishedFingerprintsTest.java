package io.hotpool.pool.profile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.fingerprint.AkamaiHttp2;
import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHello.RawExtension;
import io.hotpool.pool.fingerprint.Http2Opening;
import io.hotpool.pool.fingerprint.Ja3;
import io.hotpool.pool.fingerprint.Ja4;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every value of {@code published-fingerprints.json} (what two client libraries state for their profiles) against the
 * profile of that browser, version and platform, where one is made. Prints the whole table.
 */
class PublishedFingerprintsTest {
    /** Entries whose names do not say by themselves which profile is meant. */
    private static final Map<String, String> MEANT = Map.ofEntries(
            Map.entry("Safari26", "safari-26.0.1"),
            Map.entry("Safari18_5", "safari-18.5-ios"),
            Map.entry("OkHttp3_13", "okhttp-4.12"),
            Map.entry("OkHttp3_14", "okhttp-4.12"),
            Map.entry("OkHttp4_9", "okhttp-4.12"),
            Map.entry("OkHttp4_12", "okhttp-4.12"),
            Map.entry("OkHttp5", "okhttp-4.12"),
            Map.entry("Okhttp4Android13", "okhttp-4.12"),
            Map.entry("Okhttp4Android11", "okhttp-4.12"),
            Map.entry("Okhttp4Android10", "okhttp-4.12"),
            Map.entry("Okhttp4Android9", "okhttp-4.12"),
            Map.entry("Okhttp4Android8", "okhttp-4.12"));

    private static final String TRIPLE_DES =
            "the library offers TLS_RSA_WITH_3DES_EDE_CBC_SHA, which Android 10 and later do not";
    private static final String NO_TLS13 = "Android 8 and 9 speak TLS 1.2 only; the profile is of Android 10 and later";

    /** Entry and value that differ, and why. The same list is in docs/fingerprints.md. */
    private static final Map<String, String> DISAGREEMENTS = Map.ofEntries(
            Map.entry(
                    "Chrome116 ja4",
                    "the library gives Chrome 116 the hello of Chrome 117 and later, with ECH GREASE; the captured"
                            + " signature has none"),
            Map.entry(
                    "Safari15_3 ja4",
                    "the library gives Safari 15.3 the extensions of Safari 17; the captured signature has one fewer"),
            Map.entry(
                    "Firefox117 akamai",
                    "the library's hash is of another opening than the text that the other library states for 117,"
                            + " which the profile meets"),
            Map.entry(
                    "Safari_IOS_18_0 akamai",
                    "a slip of the pen in the library's text: setting 8 (ENABLE_CONNECT_PROTOCOL) is written as ':'"),
            Map.entry("OkHttp3_13 ja4", TRIPLE_DES),
            Map.entry("OkHttp3_14 ja4", TRIPLE_DES),
            Map.entry("OkHttp4_12 ja4", TRIPLE_DES),
            Map.entry("OkHttp5 ja4", TRIPLE_DES),
            Map.entry("Okhttp4Android9 ja3", NO_TLS13),
            Map.entry("Okhttp4Android8 ja3", NO_TLS13));

    private static final Pattern STATED = Pattern.compile("(?:Hello)?([A-Za-z_]+?)_?(\\d[\\d_]*?)(?:_PSK)?");

    @Test
    void every_published_value_is_met_or_differs_for_a_known_cause() throws Exception {
        Map<String, List<String>> table = new TreeMap<>();
        Profiles.builtIn().all().forEach(profile -> table.put(profile.name(), new ArrayList<>()));
        Set<String> differing = new HashSet<>();
        List<String> withoutProfile = new ArrayList<>();
        for (JsonNode entry : published()) {
            String stated = entry.get("profile").asText();
            Optional<BrowserProfile> profile = Profiles.builtIn().find(profileOf(stated));
            if (profile.isEmpty()) {
                withoutProfile.add(stated);
                continue;
            }
            compare(profile.get(), entry).forEach((value, same) -> {
                String what = stated + " " + value;
                String cause = DISAGREEMENTS.get(what);
                table.get(profile.get().name())
                        .add(value + " of " + stated + (same ? ": equal" : ": differs: " + cause));
                if (!same) {
                    differing.add(what);
                }
            });
        }
        table.forEach((name, lines) -> System.out.println(
                "published: " + name + ": " + (lines.isEmpty() ? "nothing is stated" : String.join("; ", lines))));
        System.out.println("published: stated for versions of which there is no profile: " + withoutProfile);
        assertThat(differing).isEqualTo(DISAGREEMENTS.keySet());
        assertThat(table.values().stream().mapToInt(List::size).sum()).isGreaterThan(60);
        assertThat(withoutProfile).hasSizeLessThan(75);
    }

    @Test
    void the_documentation_names_every_disagreement() throws IOException {
        String page = Files.readString(Path.of("../docs/fingerprints.md")).replaceAll("\\s+", " ");
        DISAGREEMENTS.forEach((what, cause) -> {
            assertThat(page).contains("| `" + what.replace(" ", "` | ") + " | " + cause + " |");
        });
    }

    /** {@code Safari_IOS_18_5}: {@code safari-18.5-ios}; the catalogue has it, or there is no profile of that version. */
    private static String profileOf(String stated) {
        if (MEANT.containsKey(stated)) {
            return MEANT.get(stated);
        }
        Matcher parts = STATED.matcher(stated);
        assertThat(parts.matches()).as(stated).isTrue();
        String version = parts.group(2).replace('_', '.');
        return switch (parts.group(1)) {
            case "Chrome", "Edge", "Firefox", "Safari", "Opera" ->
                parts.group(1).toLowerCase() + "-" + version;
            case "FirefoxPrivate" -> "firefox-" + version + "-private";
            case "FirefoxAndroid" -> "firefox-" + version + "-android";
            case "Safari_IOS", "SafariIos", "IOS" -> "safari-" + version + "-ios";
            case "IPad" -> "safari-" + version + "-ipad";
            default -> throw new AssertionError("whose fingerprint is " + stated + "?");
        };
    }

    /** Which of the stated values the profile has. JA3 of a hello that is permuted: without the order of extensions. */
    private static Map<String, Boolean> compare(BrowserProfile profile, JsonNode entry) {
        boolean resumed = entry.get("profile").asText().endsWith("_PSK");
        ClientHello hello = resumed
                ? ShapeHello.of(profile.tls(), new RawExtension(41, new byte[0]))
                : ShapeHello.of(profile.tls());
        Map<String, Boolean> same = new TreeMap<>();
        if (entry.has("ja4")) {
            Set<String> stated = new HashSet<>();
            entry.get("ja4").forEach(value -> stated.add(value.asText()));
            same.put("ja4", stated.contains(Ja4.text(hello)));
        }
        if (entry.has("ja3")) {
            String text = entry.get("ja3").asText();
            assertThat(md5(text)).isEqualTo(entry.get("ja3_md5").asText());
            same.put(
                    "ja3",
                    profile.tls().permuted()
                            ? Ja3.normalizedText(hello).equals(sortedExtensions(text))
                            : Ja3.md5(hello).equals(md5(text)));
        }
        String akamai = akamai(profile.http2());
        same.put("akamai", md5(akamai).equals(entry.get("akamai_md5").asText()));
        return same;
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

    private static String sortedExtensions(String ja3) {
        String[] parts = ja3.split(",", -1);
        parts[2] = Arrays.stream(parts[2].split("-"))
                .map(Integer::valueOf)
                .sorted()
                .map(String::valueOf)
                .collect(Collectors.joining("-"));
        return String.join(",", parts);
    }

    private static String md5(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode published() throws IOException {
        String file = "/reference/browsers/published-fingerprints.json";
        try (InputStream in = PublishedFingerprintsTest.class.getResourceAsStream(file)) {
            return new ObjectMapper().readTree(in).get("profiles");
        }
    }
}
