package io.hotpool.server.selftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.server.intercept.CertificateAuthority;
import io.hotpool.server.intercept.LeafCache;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real programs ask the embedded origin what they look like. */
@Timeout(120)
class SelfTestOriginTest {
    @TempDir
    Path folder;

    private LeafCache leaves;
    private SelfTestOrigin origin;
    private Path root;

    @BeforeEach
    void start() throws IOException {
        CertificateAuthority authority = CertificateAuthority.ephemeral(Clock.systemUTC());
        root = Files.writeString(folder.resolve("root.pem"), authority.pem());
        leaves = new LeafCache(authority, Clock.systemUTC(), () -> Duration.ofDays(1), () -> 1, () -> {});
        origin = new SelfTestOrigin(leaves, Profiles::builtIn);
    }

    @AfterEach
    void stop() {
        origin.close();
        leaves.close();
    }

    private String url(String profile) {
        return "https://hotpool.internal:" + origin.port() + "/fingerprint?profile=" + profile;
    }

    private String run(List<String> command) throws Exception {
        assumeTrue(
                new ProcessBuilder("sh", "-c", "command -v " + command.get(0))
                                .start()
                                .waitFor()
                        == 0,
                command.get(0) + " is not installed");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(folder.resolve("stderr").toFile());
        builder.environment().put("HOME", folder.toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("stderr")))
                .isZero();
        return output;
    }

    private JsonNode curl(String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "curl",
                "-sS",
                "--noproxy",
                "*",
                "--cacert",
                root.toString(),
                "--resolve",
                "hotpool.internal:" + origin.port() + ":127.0.0.1"));
        command.addAll(List.of(more));
        return new ObjectMapper().readTree(run(command));
    }

    @Test
    void curl_is_seen_as_it_is_and_does_not_match_a_browser() throws Exception {
        JsonNode seen = curl("--http2", url("chrome"));
        assertThat(seen.get("match").asBoolean()).isFalse();
        assertThat(seen.get("profile").asText()).isEqualTo("chrome-156");
        assertThat(seen.at("/tls/alpn").asText()).isEqualTo("h2");
        assertThat(seen.at("/tls/version").asText()).isEqualTo("TLSv1.3");
        assertThat(seen.at("/tls/server_name").asText()).isEqualTo("hotpool.internal");
        assertThat(seen.at("/tls/client_hello").asText()).startsWith("160301");
        assertThat(seen.at("/http2/pseudo_order").toString())
                .isEqualTo("[\":method\",\":path\",\":scheme\",\":authority\"]");
        assertThat(seen.at("/http2/header_order").toString()).isEqualTo("[\"user-agent\",\"accept\"]");
        assertThat(seen.get("differences").findValuesAsText("what"))
                .contains("tls.cipher_suites", "tls.ja4", "http2.settings", "http2.akamai");
        assertThat(seen.get("not_compared").get(0).asText()).contains("header order");
    }

    @Test
    void http1_is_seen_with_its_casing() throws Exception {
        JsonNode seen = curl("--http1.1", "-H", "X-mIxEd: 1", url("chrome"));
        assertThat(seen.at("/tls/form").asText()).isEqualTo("[websocket]");
        assertThat(seen.at("/http1/header_order").toString())
                .isEqualTo("[\"Host\",\"User-Agent\",\"Accept\",\"X-mIxEd\"]");
        assertThat(seen.has("http2")).isFalse();
    }

    @Test
    void secrets_are_not_echoed() throws Exception {
        for (String version : List.of("--http1.1", "--http2")) {
            JsonNode seen = curl(
                    version,
                    "-H",
                    "Cookie: canary-1",
                    "-H",
                    "Authorization: Bearer canary-2",
                    "-H",
                    "X: canary-3",
                    url("chrome") + "&more=canary-4");
            assertThat(seen.toString()).doesNotContain("canary");
            assertThat(seen.toString()).containsIgnoringCase("authorization");
        }
    }

    @Test
    void two_requests_on_one_connection_are_counted() throws Exception {
        String output = run(List.of(
                "curl",
                "-sS",
                "--noproxy",
                "*",
                "--cacert",
                root.toString(),
                "--resolve",
                "hotpool.internal:" + origin.port() + ":127.0.0.1",
                url("chrome"),
                url("firefox")));
        var documents = new ObjectMapper()
                .readerFor(JsonNode.class)
                .<JsonNode>readValues(output)
                .readAll();
        assertThat(documents).hasSize(2);
        assertThat(documents.get(1).at("/connection/requests").asInt()).isEqualTo(2);
        assertThat(documents.get(1).get("profile").asText()).isEqualTo("firefox-153");
        assertThat(documents.get(1).at("/tls/client_hello"))
                .isEqualTo(documents.get(0).at("/tls/client_hello"));
    }

    @Test
    void what_is_not_there_is_said() throws Exception {
        assertThat(curl(url("netscape")).get("status").asInt()).isEqualTo(400);
        assertThat(curl(url("chrome").replace("/fingerprint", "/else"))
                        .get("status")
                        .asInt())
                .isEqualTo(404);
    }

    @Test
    void a_real_chromium_matches_its_profile() throws Exception {
        Path store = Files.createDirectories(folder.resolve(".pki/nssdb"));
        run(List.of("certutil", "-d", "sql:" + store, "-N", "--empty-password"));
        run(List.of("certutil", "-d", "sql:" + store, "-A", "-t", "C,,", "-n", "selftest", "-i", root.toString()));
        String version = run(List.of("chromium", "--version"));
        assumeTrue(version.startsWith("Chromium 156."), "the profile is of Chromium 156, here is " + version);
        String page = run(List.of(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-proxy-server",
                "--user-data-dir=" + folder.resolve("chromium"),
                "--host-resolver-rules=MAP hotpool.internal 127.0.0.1",
                "--dump-dom",
                url("chromium-156")));
        String json = page.substring(page.indexOf('{'), page.lastIndexOf('}') + 1)
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
        JsonNode seen = new ObjectMapper().readTree(json);
        assertThat(seen.get("differences")).as(json).isEmpty();
        assertThat(seen.get("match").asBoolean()).isTrue();
        assertThat(seen.get("not_compared"))
                .as("its header order is compared too")
                .isEmpty();
        assertThat(seen.at("/tls/ja4").asText()).isEqualTo("t13d1517h2_8daaf6152771_cb7bf5808d99");
    }
}
