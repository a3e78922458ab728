package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.pool.testing.TestCertificates.Identity;
import io.hotpool.server.cli.HotpoolCommand;
import io.hotpool.wire.fixture.CaptureServer;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.LiveBrowser;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RunningDaemon;
import io.hotpool.wire.fixture.Skip;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The browsers of this machine are captured here and now, and what hotpool sends for the same kinds of request is compared
 * with that: nothing here relies on a reference that was made earlier. A browser of another version than the profile's skips.
 */
@Timeout(180)
class LiveBrowserTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final Lab lab = Lab.standard();

    /** A request as a client sends it that tells what it is for, in the order of the browser's page load. */
    private record Asked(String kind, String method, String path, String body, List<String> lines) {}

    /** Chromium's visit without a proxy, once for all tests. */
    private record Visit(String product, int port, Path reference) {}

    @Nullable
    private static Visit chromium;

    @Nullable
    private static Visit firefox;

    /** A class that is run a second time has a folder of its own. */
    @BeforeAll
    static void forgetVisits() {
        chromium = null;
        firefox = null;
    }

    @Test
    void chromiums_hellos_and_requests_are_hotpools() throws IOException {
        Visit real = chromium();
        sameVersion("chromium-156", real.product());
        sameAs(builtIn("chromium-156"), null, real.reference());
    }

    @Test
    void firefoxs_hellos_and_requests_are_hotpools() throws IOException {
        Visit real = firefox();
        sameVersion("firefox-153", real.product());
        sameAs(builtIn("firefox-153"), null, real.reference());
    }

    /** No hand touches the file between the two. */
    @Test
    void the_profile_that_capture_writes_of_chromium_is_chromium() throws IOException {
        Path folder = recorded(Program.find("chromium", "chromium-browser", "google-chrome"), "live-chromium");

        sameAs(
                Profiles.load(folder).find("live-chromium").orElseThrow(),
                folder,
                chromium().reference());
        verified("live-chromium", folder);
        // The browser again, against the file: it still is that browser.
        assertThat(HotpoolCommand.run(
                        "capture",
                        "verify",
                        "live-chromium",
                        "--browser",
                        Program.find("chromium", "chromium-browser", "google-chrome")
                                .toString(),
                        "--connections",
                        "8",
                        "--timeout",
                        "100",
                        "--set",
                        "fingerprint.profile_dir=" + folder,
                        "--set",
                        "ca.dir=" + folder.resolveSibling("live-chromium-ca")))
                .isZero();
    }

    @Test
    void the_profile_that_capture_writes_of_firefox_is_firefox() throws IOException {
        Path folder = recorded(Program.find("firefox-esr", "firefox"), "live-firefox");

        sameAs(
                Profiles.load(folder).find("live-firefox").orElseThrow(),
                folder,
                firefox().reference());
        verified("live-firefox", folder);
    }

    @Test
    void chromium_through_the_proxy_in_preserve_mode_looks_as_it_does_without() throws IOException {
        Visit real = chromium();
        sameVersion("chromium-156", real.product());
        try (CaptureServer proxied = capture();
                RunningDaemon daemon = daemon("chromium-156", "mode = \"preserve\"")) {
            throughProxy(daemon, proxied.port());

            JsonNode without = JSON.readTree(real.reference().toFile());
            JsonNode with = JSON.readTree(proxied.reference().toFile());

            for (String fact : List.of("akamai", "settings", "window_update", "preface_frames", "first_stream")) {
                assertThat(with.at("/http2/" + fact)).as(fact).isEqualTo(without.at("/http2/" + fact));
            }
            for (String print : List.of("ja4", "ja3n")) {
                String at = "/tls/cases/fresh/fingerprints/" + print;
                assertThat(with.at(at)).as(print).isEqualTo(without.at(at));
            }
            Map<String, List<String>> expected = requests(without, real.port());
            assertThat(expected).containsKeys("navigate", "style", "script", "image", "fetch_post_json", "form_post");
            assertThat(requests(with, proxied.port())).isEqualTo(expected);
        }
    }

    @Test
    void curl_looks_like_chromiums_navigation() throws IOException {
        Visit real = chromium();
        sameVersion("chromium-156", real.product());
        Path reference = real.reference();
        allowDraws(builtIn("chromium-156"), reference);
        try (CaptureServer seen = capture();
                RunningDaemon daemon = daemon("chromium-156", "mode = \"align\"")) {
            Program.named("curl")
                    .args(
                            "-sS",
                            "-m",
                            "60",
                            "-k",
                            "-x",
                            "http://127.0.0.1:" + daemon.proxy().getPort())
                    .args("https://" + LiveBrowser.HOST + ":" + seen.port() + "/page")
                    .run()
                    .ok();
            equal(seen.tool("tlsfp.py", "compare", "@" + seen.connection(1), reference));
            equal(seen.tool("h2fp.py", "compare", seen.connection(1), reference, "--hpack", "--values"));
        }
    }

    private static Visit chromium() throws IOException {
        if (chromium == null) {
            CaptureServer real = lab.keep(capture());
            String product = LiveBrowser.chromium(lab.directory(), root()).visit(real.port());
            Path reference = real.reference();
            chromium = new Visit(product, real.port(), reference);
        }
        return chromium;
    }

    private static Visit firefox() throws IOException {
        if (firefox == null) {
            CaptureServer real = lab.keep(capture());
            String product = LiveBrowser.firefox(lab.directory(), root()).visit(real.port());
            // A retried connection has no compress_certificate (27).
            firefox = new Visit(product, real.port(), real.reference("--retry-without", 27));
        }
        return firefox;
    }

    /** {@code hotpool capture} with that browser: the folder with the profile that it wrote. */
    private static Path recorded(Path browser, String name) throws IOException {
        Path folder = Files.createTempDirectory(lab.directory(), "profiles");
        int exit = HotpoolCommand.run(
                "capture",
                "--browser",
                browser.toString(),
                "--name",
                name,
                "--out",
                folder.toString(),
                "--connections",
                "12",
                "--timeout",
                "100",
                "--set",
                "ca.dir=" + folder.resolveSibling(name + "-ca"));
        assertThat(exit).isZero();
        return folder;
    }

    private static void verified(String name, Path folder) {
        assertThat(HotpoolCommand.run("profiles", "verify", name, "--set", "fingerprint.profile_dir=" + folder))
                .isZero();
    }

    private static BrowserProfile builtIn(String name) {
        return Profiles.builtIn().find(name).orElseThrow();
    }

    /**
     * What is drawn anew on each connection cannot be seen whole in a handful of them: each draw that was seen must be one of
     * the profile's, and each of the profile's is then allowed.
     */
    private static void allowDraws(BrowserProfile profile, Path reference) throws IOException {
        var shape =
                (BrowserProfile.Extension.EchGrease) profile.extension(65037).orElseThrow();
        ObjectNode root = (ObjectNode) JSON.readTree(reference.toFile());
        for (String form : List.of("fresh", "resumed", "resumed_tls12", "after_hello_retry_request")) {
            JsonNode allowed = root.at("/tls/cases/" + form + "/allowed");
            if (allowed.isMissingNode()) {
                continue; // the comparison will say that it is not there
            }
            widen(allowed, "ech_aeads", shape.aeads());
            boolean grows = form.equals("resumed")
                    && profile.tls().variation(BrowserProfile.HelloForm.RESUMED).echPayloadStep() > 0;
            if (!grows) { // else it follows from the ticket's length, which is the same server's
                widen(allowed, "ech_payload_lengths", shape.payloadLengths());
            }
        }
        keepRelationsOfAll(root.at("/tls/cases"));
        JSON.writeValue(reference.toFile(), root);
    }

    /** Two draws of GREASE that are equal by chance on one connection are no rule: a rule holds in every hello. */
    private static void keepRelationsOfAll(JsonNode cases) {
        List<JsonNode> relations = cases.findValues("always_equal");
        relations.forEach(relation -> {
            ArrayNode kept = (ArrayNode) relation;
            for (int i = kept.size() - 1; i >= 0; i--) {
                String rule = kept.get(i).asText();
                if (!relations.stream().allMatch(other -> other.toString().contains('"' + rule + '"'))) {
                    kept.remove(i);
                }
            }
        });
    }

    private static void widen(JsonNode allowed, String what, List<Integer> drawn) {
        List<Integer> seen = JSON.convertValue(allowed.path(what), new TypeReference<List<Integer>>() {});
        assertThat(drawn).as(what + " of the profile").containsAll(seen);
        ((ObjectNode) allowed).set(what, JSON.valueToTree(drawn));
    }

    /** @param folder with the profile's file; null: it is built in */
    private void sameAs(BrowserProfile profile, @Nullable Path folder, Path reference) throws IOException {
        allowDraws(profile, reference);
        try (CaptureServer seen = capture();
                RunningDaemon daemon = daemon(profile.name(), "mode = \"align\"", folder);
                RawClient client = new RawClient(daemon.proxy())) {
            String page = LiveBrowser.HOST + ":" + seen.port();
            List<Asked> requests = pageLoad(page);
            for (Asked asked : requests) {
                client.send(asked.method() + " https://" + page + asked.path() + " HTTP/1.1\r\nHost: " + page + "\r\n"
                        + String.join(
                                "", asked.lines().stream().map(l -> l + "\r\n").toList()) + "\r\n"
                        + asked.body());
                assertThat(client.readResponse().status()).as(asked::kind).isEqualTo(200);
            }
            for (String host : List.of("www", "www", "tls12", "tls12", "hrr")) {
                String bye = host + ".example.com:" + seen.port();
                assertThat(client.get("https://" + bye + "/bye", "Host: " + bye).status())
                        .isEqualTo(200);
                Wait.until(() -> assertThat(pooled(daemon)).isZero());
            }
            Wait.until(() -> assertThat(seen.numbers()).hasSize(5));

            for (int i = 0; i < requests.size(); i++) {
                equal(seen.tool(
                        "h2fp.py",
                        "compare",
                        seen.connection(1),
                        reference,
                        "--request",
                        requests.get(i).kind(),
                        "--nth",
                        i + 1,
                        "--hpack",
                        "--values",
                        "--ignore",
                        "referer,origin"));
            }
            hello(seen, 1, reference, "fresh");
            hello(seen, 2, reference, "resumed");
            hello(seen, 3, reference, "fresh");
            hello(seen, 4, reference, "resumed_tls12");
            hello(seen, 5, reference, "fresh");
            hello(seen, 5, reference, "after_hello_retry_request");
        }
    }

    private static List<Asked> pageLoad(String page) {
        String referer = "Referer: https://" + page + "/page";
        String origin = "Origin: https://" + page;
        List<String> script = List.of("Accept: */*", referer, "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty");
        return List.of(
                new Asked("navigate", "GET", "/page", "", List.of("Accept: */*", "User-Agent: curl/8.5.0")),
                new Asked("style", "GET", "/style.css", "", List.of(referer, "Sec-Fetch-Dest: style")),
                new Asked("script", "GET", "/script.js", "", List.of(referer, "Sec-Fetch-Dest: script")),
                new Asked("image", "GET", "/img.png", "", List.of(referer, "Sec-Fetch-Dest: image")),
                new Asked("iframe", "GET", "/frame.html", "", List.of(referer, "Sec-Fetch-Dest: iframe")),
                new Asked("fetch", "GET", "/api/fetch", "", script),
                new Asked("font", "GET", "/font.woff2", "", List.of(origin, referer, "Sec-Fetch-Dest: font")),
                new Asked(
                        "fetch_post_json",
                        "POST",
                        "/api/fetch-json",
                        "{\"a\":1}",
                        more(script, origin, "Content-Type: application/json", "Content-Length: 7")),
                new Asked(
                        "fetch_put",
                        "PUT",
                        "/api/put",
                        "x",
                        more(
                                script,
                                origin,
                                "X-Custom: 1",
                                "Content-Type: text/plain;charset=UTF-8",
                                "Content-Length: 1")),
                new Asked(
                        "form_post",
                        "POST",
                        "/form",
                        "a=b",
                        List.of(
                                origin,
                                referer,
                                "Sec-Fetch-Mode: navigate",
                                "Sec-Fetch-Dest: document",
                                "Content-Type: application/x-www-form-urlencoded",
                                "Content-Length: 3")),
                new Asked("navigate_with_cookies", "GET", "/with-cookie", "", List.of("Cookie: a=1; b=2")));
    }

    private static List<String> more(List<String> lines, String... others) {
        List<String> all = new ArrayList<>(lines);
        all.addAll(List.of(others));
        return all;
    }

    private static void hello(CaptureServer seen, int connection, Path reference, String form) {
        equal(seen.tool("tlsfp.py", "compare", "@" + seen.connection(connection), reference, "--case", form));
    }

    /** A real browser with the proxy set, trusting hotpool's root alone. */
    private static void throughProxy(RunningDaemon daemon, int port) throws IOException {
        Path root = Files.createTempFile(lab.directory(), "proxy", ".pem");
        Files.writeString(root, admin(daemon, "/ca.pem"));
        LiveBrowser.chromium(lab.directory(), root)
                .argument("--proxy-server=127.0.0.1:" + daemon.proxy().getPort())
                .visit(port);
    }

    private static Path root() {
        return lab.authority().writePem(lab.directory());
    }

    private static String admin(RunningDaemon daemon, String path) throws IOException {
        try (RawClient client = new RawClient(daemon.admin())) {
            return client.get(path, "Host: 127.0.0.1").text();
        }
    }

    /** Header fields of every kind of request: names and values in order, and the priority's weight. */
    private static Map<String, List<String>> requests(JsonNode reference, int port) {
        Map<String, List<String>> kinds = new TreeMap<>();
        reference.at("/http2/requests").properties().forEach(kind -> {
            List<String> fields = new ArrayList<>();
            JsonNode request = kind.getValue();
            fields.add("weight " + request.at("/priority/weight"));
            request.get("headers")
                    .forEach(field -> fields.add(field.path("name").asText() + ": "
                            + field.path("value").asText().replace(":" + port, ":PORT")));
            kinds.put(kind.getKey(), fields);
        });
        kinds.remove("icon"); // which page's icon comes first, and how urgent it is, is chance
        return kinds;
    }

    private static int pooled(RunningDaemon daemon) throws IOException {
        return JSON.readTree(admin(daemon, "/api/v1/stats"))
                .get("total_connections")
                .asInt();
    }

    private static void sameVersion(String profile, String product) {
        BrowserProfile promised = Profiles.builtIn().find(profile).orElseThrow();
        String major = promised.version().split("\\.")[0];
        Skip.unless(
                product.matches("(?s).*[/ ]" + major + "\\..*"),
                "the profile is of " + promised.browser() + " " + major + ", installed is " + product);
    }

    private static CaptureServer capture() {
        Identity identity = lab.leaf("*.example.com");
        return CaptureServer.start(lab.directory(), identity);
    }

    private static RunningDaemon daemon(String profile, String headers) {
        return daemon(profile, headers, null);
    }

    private static RunningDaemon daemon(String profile, String headers, @Nullable Path folder) {
        return lab.start(
                config -> LiveBrowser.names(config)
                        .set("fingerprint", "profile = \"" + profile + "\"")
                        .set("fingerprint", "profile_dir = \"" + (folder == null ? "" : folder) + "\"")
                        .set("headers", headers),
                false);
    }

    private static void equal(Program.Output output) {
        assertThat(output.exit()).as(output::toString).isZero();
    }
}
