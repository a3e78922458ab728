package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.Browsers;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Nginx;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.Repository;
import io.hotpool.wire.fixture.Skip;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLHandshakeException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clients that people have, against nginx over HTTP/2 and HTTP/1.1; each proves by the proxy's own count that it came by. */
@Tag("check-26")
class ClientProgramsTest {
    private static final Path CLIENTS = Repository.root().resolve("proxy-server/src/test/clients");
    private static final String PAGE = "<p>the page\n";

    @RegisterExtension
    static final Lab lab = Lab.standard();

    private static Nginx nginx;

    @BeforeAll
    static void startOrigin() {
        nginx = lab.keep(Nginx.start(lab.directory(), lab.leaf()));
        nginx.file("page.html", PAGE);
    }

    private static int port(String upstream) {
        return upstream.equals("h2") ? nginx.h2Port() : nginx.h1Port();
    }

    private static String url(String upstream) {
        return "https://" + Lab.HOST + ":" + port(upstream) + "/page.html";
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "h1"})
    void curl_gets_the_page(String upstream) {
        long before = lab.totalRequests();

        assertThat(lab.curl(url(upstream)).run().ok().text()).isEqualTo(PAGE);
        assertThat(lab.curl("--http1.1", url(upstream)).run().ok().text()).isEqualTo(PAGE);
        assertThat(lab.curl("--http2", "-w", "%{http_version}", url(upstream))
                        .run()
                        .ok()
                        .text())
                .isEqualTo(PAGE + "2");

        Wait.until(() -> assertThat(lab.totalRequests()).isEqualTo(before + 3));
        assertThat(nginx.log())
                .filteredOn(line -> line.port() == port(upstream))
                .extracting(Nginx.Line::protocol)
                .containsOnly(upstream.equals("h2") ? "HTTP/2.0" : "HTTP/1.1");
    }

    @Test
    void curl_gets_the_page_by_clear_http_and_by_the_scheme_directive() {
        String clear = "http://" + Lab.HOST + ":" + nginx.clearPort() + "/page.html";
        assertThat(lab.curl(clear).run().ok().text()).isEqualTo(PAGE);
        assertThat(lab.curl("-0", clear).run().ok().text()).isEqualTo(PAGE);

        String upgraded = "http://" + Lab.HOST + ":" + nginx.h2Port() + "/page.html";
        assertThat(lab.curl("-H", "X-Hotpool-Scheme: https", upgraded)
                        .run()
                        .ok()
                        .text())
                .isEqualTo(PAGE);
    }

    @Test
    void curl_uploads_with_expect() {
        byte[] body = new byte[3 << 20];
        String url = "https://" + Lab.HOST + ":" + nginx.h1Port() + "/upload";

        Program.Output output = lab.curl("--http1.1", "-H", "Expect: 100-continue", "--data-binary", "@-", "-v", url)
                .input(body)
                .run()
                .ok();

        assertThat(output.text()).isEqualTo("done\n");
    }

    @Test
    void curl_comes_out_as_a_navigation_of_the_browser_with_its_answer_decoded() {
        String url = "https://" + Lab.HOST + ":" + nginx.h2Port() + "/agent";

        assertThat(lab.curl(url).run().ok().text()).contains("Chrome/").doesNotContain("curl");
        assertThat(lab.curl("-H", "X-Hotpool-Profile: firefox", url).run().ok().text())
                .contains("Firefox/");
        assertThat(lab.curl("-U", "x-profile-firefox:y", url).run().ok().text()).contains("Firefox/");
    }

    @Test
    void curl_refuses_the_certificate_without_the_root() {
        Program.Output output = Program.named("curl")
                .args("-sS", "-x", lab.proxyUrl(), url("h2"))
                .run();

        assertThat(output.exit()).as(output::toString).isEqualTo(60);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "h1"})
    void python_urllib_gets_the_page(String upstream) {
        script(Program.named("python3"), "urllib_client.py", upstream);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "h1"})
    void python_requests_gets_the_page(String upstream) {
        Skip.unless(
                Program.named("python3").args("-c", "import requests").run().exit() == 0,
                "the Python package requests is not installed");
        script(Program.named("python3"), "requests_client.py", upstream);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "h1"})
    void node_gets_the_page(String upstream) {
        script(Program.named("node"), "node_client.js", upstream);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "h1"})
    void node_undici_gets_the_page(String upstream) throws IOException {
        Path modules = Repository.root().resolve("proxy-server/target/npm");
        if (!Files.isDirectory(modules.resolve("node_modules/undici"))) {
            Files.createDirectories(modules);
            Program.Output installed = Program.named("npm")
                    .args("install", "--prefix", modules, "--no-audit", "--no-fund", "--prefer-offline", "undici@6")
                    .run();
            Skip.unless(installed.exit() == 0, "npm cannot install undici: " + installed.errors());
        }
        script(Program.named("node").env("NODE_PATH", modules.resolve("node_modules")), "undici_client.js", upstream);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "h1"})
    void go_gets_the_page(String upstream) {
        Path program = lab.directory().resolve("go-client");
        if (!Files.exists(program)) {
            Program.named("go")
                    .args("build", "-o", program, ".")
                    .in(CLIENTS.resolve("go"))
                    .within(Duration.ofMinutes(3))
                    .run()
                    .ok();
        }
        accepts(Program.at(program), Program.at(program), upstream);
    }

    private static void script(Program program, String name, String upstream) {
        accepts(program.args(CLIENTS.resolve(name)), null, upstream);
        if (upstream.equals("h2")) {
            // The environment of undici is needed for the first run only: a refusal comes before any package's work.
            Program again =
                    Program.named(name.endsWith(".py") ? "python3" : "node").args(CLIENTS.resolve(name));
            if (!name.startsWith("undici")) {
                refusesWithoutRoot(again, upstream);
            }
        }
    }

    private static void accepts(Program program, Program again, String upstream) {
        long before = lab.totalRequests();

        Program.Output output =
                program.args(lab.proxyUrl(), lab.root(), url(upstream)).run();

        assertThat(output.ok().text()).isEqualTo(PAGE);
        Wait.until(() -> assertThat(lab.totalRequests()).isGreaterThan(before));
        if (again != null) {
            refusesWithoutRoot(again, upstream);
        }
    }

    private static void refusesWithoutRoot(Program program, String upstream) {
        Program.Output output = program.args(lab.proxyUrl(), "", url(upstream)).run();

        assertThat(output.exit()).as(output::toString).isNotZero();
        assertThat(output.text()).doesNotContain(PAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "h1"})
    void java_http_client_gets_the_page(String upstream) throws Exception {
        long before = lab.totalRequests();
        HttpClient.Builder builder = HttpClient.newBuilder().proxy(ProxySelector.of(lab.proxy()));
        HttpClient client = builder.sslContext(lab.trustingHotpool()).build();

        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create(url(upstream))).build(), HttpResponse.BodyHandlers.ofString());

        assertThat(response.body()).isEqualTo(PAGE);
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        Wait.until(() -> assertThat(lab.totalRequests()).isEqualTo(before + 1));
        HttpClient distrusting =
                HttpClient.newBuilder().proxy(ProxySelector.of(lab.proxy())).build();
        Assertions.assertThatThrownBy(() -> distrusting.send(
                        HttpRequest.newBuilder(URI.create(url(upstream))).build(),
                        HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "h1"})
    void wget_gets_the_page(String upstream) {
        Program.Output output = Program.named("wget")
                .args("-q", "-O", "-", "-e", "use_proxy=yes", "-e", "https_proxy=" + lab.proxyUrl())
                .args("--no-hsts", "--ca-certificate=" + lab.root(), url(upstream))
                .run();

        assertThat(output.ok().text()).isEqualTo(PAGE);
        assertThat(Program.named("wget")
                        .args("-q", "-O", "-", "-e", "use_proxy=yes", "-e", "https_proxy=" + lab.proxyUrl())
                        .args("--no-hsts", "-t", "1", url(upstream))
                        .run()
                        .exit())
                .isNotZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "h1"})
    void git_lists_and_clones_a_repository(String upstream) throws IOException {
        Path source = Files.createTempDirectory(lab.directory(), "git");
        Path bare = nginx.root().resolve("repo-" + upstream + ".git");
        git(source, "init", "-q");
        Files.writeString(source.resolve("file"), "content");
        git(source, "add", "file");
        git(source, "-c", "user.name=t", "-c", "user.email=t@example.test", "commit", "-qm", "first");
        git(source, "clone", "-q", "--bare", source, bare);
        git(bare, "update-server-info");
        String url = "https://" + Lab.HOST + ":" + port(upstream) + "/" + bare.getFileName();
        Path copy = lab.directory().resolve("clone-" + upstream);

        Program.named("git")
                .args("-c", "http.proxy=" + lab.proxyUrl(), "clone", "-q", url, copy)
                .env("GIT_SSL_CAINFO", lab.root())
                .run()
                .ok();

        assertThat(copy.resolve("file")).hasContent("content");
    }

    private static Program.Output git(Path directory, Object... arguments) {
        return Program.named("git").args(arguments).in(directory).run().ok();
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "h1"})
    void chromium_loads_a_page_with_its_parts(String upstream) throws IOException {
        String folder = pageWithParts("chromium-" + upstream);
        long before = lab.totalRequests();

        Program.Output output = Browsers.chromium(
                lab, true, "https://" + Lab.HOST + ":" + port(upstream) + "/" + folder + "/index.html");

        assertThat(output.text()).as(output::toString).contains("script ran, fetched: data, picture: 1");
        assertThat(served(folder)).contains("index.html", "style.css", "script.js", "dot.png", "data.txt");
        assertThat(lab.totalRequests()).isGreaterThanOrEqualTo(before + 5);
    }

    @Test
    void chromium_refuses_the_certificate_without_the_root() throws IOException {
        String folder = pageWithParts("chromium-distrust");

        Program.Output output = Browsers.chromium(
                lab, false, "https://" + Lab.HOST + ":" + nginx.h2Port() + "/" + folder + "/index.html");

        assertThat(output.text()).doesNotContain("script ran");
        assertThat(served(folder)).isEmpty();
    }

    @Test
    void firefox_loads_a_page_with_its_parts() throws IOException {
        String folder = pageWithParts("firefox");
        long before = lab.totalRequests();

        Browsers.firefox(
                lab,
                "https://" + Lab.HOST + ":" + nginx.h2Port() + "/" + folder + "/index.html",
                () -> served(folder)
                        .containsAll(Set.of("index.html", "style.css", "script.js", "dot.png", "data.txt")));

        assertThat(lab.totalRequests()).isGreaterThanOrEqualTo(before + 5);
    }

    private static Set<String> served(String folder) {
        return nginx.log().stream()
                .filter(line -> line.status() == 200)
                .map(Nginx.Line::uri)
                .filter(uri -> uri.startsWith("/" + folder + "/"))
                .map(uri -> uri.substring(folder.length() + 2))
                .collect(Collectors.toSet());
    }

    private static String pageWithParts(String folder) throws IOException {
        nginx.file(folder + "/index.html", """
            <!doctype html><html><head><link rel=stylesheet href=style.css><link rel=icon href=dot.png></head>
            <body><img id=i src=dot.png><div id=out></div><script src=script.js></script></body></html>
            """);
        nginx.file(folder + "/style.css", "body { color: red }");
        nginx.file(folder + "/data.txt", "data");
        nginx.file(folder + "/script.js", """
            addEventListener('load', async () => {
              const text = await (await fetch('data.txt')).text();
              document.getElementById('out').textContent =
                'script ran, fetched: ' + text + ', picture: ' + document.getElementById('i').naturalWidth;
            });
            """);
        Files.write(
                nginx.root().resolve(folder + "/dot.png"),
                Base64.getDecoder()
                        .decode(
                                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="));
        return folder;
    }
}
