package io.hotpool.pool.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Authority;
import io.hotpool.pool.testing.TestCertificates.Identity;
import io.hotpool.pool.tls.TlsClientFixture.Connection;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hellos of special occasions, seen by the capture server and compared with the captured browsers'. */
@Timeout(60)
class SpecialHellosWireTest {
    private static final Path TOOLS = Path.of("src/test/reference-tools").toAbsolutePath();
    private static final Path REFERENCE =
            Path.of("src/test/resources/reference/clients").toAbsolutePath();

    @TempDir
    Path dir;

    private final Authority authority = TestCertificates.authority("Capture CA");
    private final TlsClientFixture client = new TlsClientFixture(authority);
    private Process server;
    private int port;
    private int connections;

    @BeforeEach
    void start() throws Exception {
        Identity identity = authority.leaf("*.example.com");
        server = new ProcessBuilder(
                        "python3",
                        TOOLS.resolve("capture_server.py").toString(),
                        "--cert",
                        identity.writeChain(dir).toString(),
                        "--key",
                        identity.writeKey(dir).toString(),
                        "--listen",
                        "127.0.0.1:0",
                        "--log",
                        log().toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader said = server.inputReader(StandardCharsets.UTF_8);
        port = Integer.parseInt(said.readLine().replaceFirst(".*:(\\d+) pid.*", "$1"));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.destroy();
        server.waitFor(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({
        "chromium-156, chromium-156,    FIRST,      www,   1, fresh",
        "chromium-156, chromium-156,    FIRST,      www,   2, resumed",
        "chromium-156, chromium-156,    FIRST,      hrr,   1, after_hello_retry_request",
        "chromium-156, chromium-156,    FIRST,      tls12, 2, resumed_tls12",
        "chromium-156, chromium-156,    HTTP1_ONLY, www,   1, alpn_http1_only",
        "chromium-156, chromium-156,    HTTP1_ONLY, www,   2, alpn_http1_only_resumed",
        "firefox-153,  firefox-esr-153, FIRST,      www,   1, fresh",
        "firefox-153,  firefox-esr-153, FIRST,      www,   2, resumed",
        "firefox-153,  firefox-esr-153, FIRST,      hrr,   1, after_hello_retry_request",
        "firefox-153,  firefox-esr-153, FIRST,      tls12, 2, resumed_tls12",
        "firefox-153,  firefox-esr-153, HTTP1_ONLY, www,   1, alpn_http1_only",
        "firefox-153,  firefox-esr-153, RETRY,      www,   1, retry",
    })
    void the_hello_is_the_browsers(
            String profile, String reference, TlsRequest.Form form, String name, int times, String occasion)
            throws Exception {
        for (int i = 0; i < times; i++) {
            handshake(profile, form, name + ".example.com", i > 0);
        }

        Process compare = new ProcessBuilder(
                        "python3",
                        TOOLS.resolve("tlsfp.py").toString(),
                        "compare",
                        "@" + log() + "#" + connections,
                        REFERENCE.resolve(reference + ".json").toString(),
                        "--case",
                        occasion)
                .redirectErrorStream(true)
                .start();
        String said = new String(compare.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(compare.waitFor()).as(said).isLessThan(2);
        assertThat(differences(said)).as(said).isEmpty();
    }

    /**
     * Without those that are chance where an occasion was captured once or twice only: which ECH lengths and AEADs were drawn, and
     * whether two GREASE values were alike. Both are tried in {@link ClientHelloWriterTest}.
     */
    private static List<String> differences(String said) {
        return said.lines()
                .filter(line -> line.startsWith("DIFFERENT"))
                .filter(line -> !line.matches("DIFFERENT +ECH (payload length|AEAD)")
                        && !line.matches("DIFFERENT +GREASE \\w+ equals .*"))
                .toList();
    }

    private void handshake(String profile, TlsRequest.Form form, String host, boolean resumed) throws Exception {
        Connection connection =
                client.connect(TlsClientFixture.request(TlsClientFixture.profile(profile), host, port, form));
        assertThat(connection.facts().resumed()).isEqualTo(resumed);
        connections++;
        // The tickets come with or before the answer.
        boolean h2 = "h2".equals(connection.facts().alpn());
        connection.send(
                h2 ? "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0" : "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        connection.awaitBytes(9);
        connection.close();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> Files.readAllLines(log()).stream()
                        .map(line -> line.replace(" ", ""))
                        .anyMatch(line ->
                                line.contains("\"conn\":" + connections + ",") && line.contains("\"final\":true")));
    }

    private Path log() {
        return dir.resolve("log.jsonl");
    }
}
