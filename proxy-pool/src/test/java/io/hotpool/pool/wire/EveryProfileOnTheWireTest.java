package io.hotpool.pool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.HotPools;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.pool.tls.BrowserTls;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * curl's request through the whole pool as every browser, seen by the capture server, and compared with that browser's
 * reference: ClientHello, HTTP/2 opening, priority, header order and values, and for captured browsers HPACK too.
 *
 * <p>Not here: Edge 120, whose reference has padding that comes and goes with the length of ECH GREASE; Chrome 119 and 120,
 * whose references are resumed connections; and the profiles whose references have no HTTP/2. Their hellos are compared in
 * {@code EveryProfilesHelloTest}.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryProfileOnTheWireTest {
    private static final Path TOOLS = Path.of("src/test/reference-tools").toAbsolutePath();
    private static final Path REFERENCE =
            Path.of("src/test/resources/reference").toAbsolutePath();

    @TempDir
    static Path folder;

    private final List<String> results = new ArrayList<>();
    private final ExecutorService crypto = Executors.newFixedThreadPool(2);
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private Process server;
    private BrowserTls tls;
    private HotPool pool;
    private int port;

    @BeforeAll
    void start() throws Exception {
        run("sh", TOOLS.resolve("make_ca.sh").toString(), folder.resolve("ca").toString());
        server = new ProcessBuilder(
                        "python3",
                        TOOLS.resolve("capture_server.py").toString(),
                        "--cert",
                        folder.resolve("ca/chain.pem").toString(),
                        "--key",
                        folder.resolve("ca/leaf.key").toString(),
                        "--listen",
                        "127.0.0.1:0",
                        "--log",
                        log().toString(),
                        "--tag",
                        "profiles")
                .redirectErrorStream(true)
                .start();
        port = port(server.inputReader(StandardCharsets.UTF_8));
        Map<String, List<InetAddress>> hosts = Map.of("www.example.com", List.of(InetAddress.getByName("127.0.0.1")));
        PoolConfig.Dns dns = new PoolConfig.Dns(List.of(), hosts, Duration.ofSeconds(5), Duration.ofHours(1));
        tls = new BrowserTls(new BrowserTls.Config(List.of(folder.resolve("ca/ca.pem")), null, false), crypto);
        pool = HotPools.on(loops).tls(tls).start(PoolConfig.DEFAULTS.with(b -> b.dns = dns));
    }

    private static int port(BufferedReader said) throws IOException {
        String line = said.readLine();
        assertThat(line).startsWith("listening on 127.0.0.1:");
        return Integer.parseInt(line.replaceFirst(".*:(\\d+) pid.*", "$1"));
    }

    @AfterAll
    void stop() throws Exception {
        results.forEach(System.out::println);
        pool.close();
        tls.close();
        server.destroy();
        server.waitFor(10, TimeUnit.SECONDS);
        crypto.shutdownNow();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    @ParameterizedTest
    @CsvSource({
        "chromium-156, clients/chromium-156, ''",
        "chrome-156, clients/chromium-156, sec-ch-ua",
        "firefox-153, clients/firefox-esr-153, ''",
        "chrome-150, browsers/chrome_150.0.7871.127_macOS, ''",
        "chrome-146, browsers/tls-client_chrome_146, ''",
        "chrome-136, browsers/chrome_136.0.7103.93, ''",
        "chrome-133, browsers/chrome_133.0.6943.55, ''",
        "chrome-131, browsers/chrome_131.0.6778.86, ''",
        "chrome-123, browsers/chrome_123.0.6312.124, ''",
        "edge-118, browsers/edge_118.0.2088.76_linux, ''",
        "brave-146, browsers/tls-client_brave_146, ''",
        "firefox-144, browsers/firefox_144.0.0_linux, ''",
        "firefox-133, browsers/firefox_133.0.3_linux, ''",
        "tor-14.5, browsers/tor_14.5_macOS, ''",
        "safari-26.0.1, browsers/safari_26.0.1_macOS, ''",
        "safari-26.0, browsers/safari_26.0_macOS, ''",
        "safari-18.0, browsers/safari_18.0_macOS, ''",
        "safari-17.0, browsers/safari_17.0_macOS, ''",
        "safari-26.0-ios, browsers/tls-client_safari_ios_26_0, ''",
        "safari-18.5-ios, browsers/tls-client_safari_ios_18_5, ''",
        "safari-18.4-ios, browsers/safari_18.4_iOS, ''",
        "safari-18.0-ios, browsers/safari_18.0_iOS, ''"
    })
    void curl_looks_like_the_browser(String name, String reference, String ignored) throws Exception {
        BrowserProfile profile = Profiles.builtIn().find(name).orElseThrow();
        Reply reply = Reply.send(pool, curl("/" + name), ExchangeOptions.of(profile), loops.next())
                .await();
        assertThat(reply.fault).isNull();
        assertThat(reply.head().status()).isEqualTo(200);
        assertThat(reply.exchange.connection().protocol()).isEqualTo(Protocol.H2);
        String connection = log() + "#" + connectionOf("/" + name);
        String file = REFERENCE.resolve(reference + ".json").toString();
        String hello = run(tool("tlsfp.py"), "compare", "@" + connection, file);
        List<String> compare = new ArrayList<>(List.of(tool("h2fp.py"), "compare", connection, file));
        if (!reference.contains("tls-client")) { // which states no values
            compare.add("--values");
        }
        if (reference.startsWith("clients/")) {
            compare.add("--hpack");
        }
        if (!ignored.isEmpty()) {
            compare.addAll(List.of("--ignore", ignored));
        }
        String http2 = run(compare.toArray(String[]::new));
        results.add(String.format("%-16s hello %s; http2 %s", name, last(hello), last(http2)));
    }

    /**
     * What tools do not look at: the records of a connection, their types, versions and lengths, and which arrive together.
     * The reference has them of a real connection; the length of its HEADERS goes by the name of the host.
     */
    @ParameterizedTest
    @CsvSource({"chromium-156, clients/chromium-156", "firefox-153, clients/firefox-esr-153"})
    void the_records_are_the_browsers(String name, String reference) throws Exception {
        BrowserProfile profile = Profiles.builtIn().find(name).orElseThrow();
        String path = "/records-" + name;
        Reply reply = Reply.send(pool, curl(path), ExchangeOptions.of(profile).withSession(path), loops.next())
                .await();
        assertThat(reply.fault).isNull();
        connectionOf(path);
        JsonNode sent = await().atMost(Duration.ofSeconds(10))
                .until(() -> logged(path).path("records"), records -> records.size() >= 6);
        JsonNode real = new ObjectMapper()
                .readTree(REFERENCE.resolve(reference + ".json").toFile())
                .at("/tls/client_records_after_hello/records");
        System.out.println("records: " + name + ": " + sent);
        for (int i = 0; i < 6; i++) {
            assertThat(sent.at("/" + i + "/1")).as("type of record " + i).isEqualTo(real.at("/" + i + "/1"));
            assertThat(sent.at("/" + i + "/2")).as("version of record " + i).isEqualTo(real.at("/" + i + "/2"));
        }
        for (int i : new int[] {1, 2, 3, 5}) {
            assertThat(sent.at("/" + i + "/3")).as("length of record " + i).isEqualTo(real.at("/" + i + "/3"));
        }
    }

    private JsonNode logged(String path) throws IOException {
        JsonNode latest = new ObjectMapper().createObjectNode();
        int number = find(path);
        for (String line : Files.readAllLines(log())) {
            JsonNode record = new ObjectMapper().readTree(line);
            latest = record.get("conn").asInt() == number ? record : latest;
        }
        return latest;
    }

    private RequestHead curl(String path) {
        HeaderList headers = HeaderList.of("User-Agent", "curl/8.5.0", "Accept", "*/*");
        Origin origin = Origin.https("www.example.com", port);
        return new RequestHead("GET", origin, "www.example.com", path, headers, 0, RequestKind.NAVIGATE, "");
    }

    /** The number of the connection on which that path was asked for. */
    private int connectionOf(String path) {
        return await().atMost(Duration.ofSeconds(10)).until(() -> find(path), found -> found > 0);
    }

    private int find(String path) throws IOException {
        for (String line : Files.readAllLines(log())) {
            JsonNode record = new ObjectMapper().readTree(line);
            if (line.contains("\"" + path + "\"")) {
                return record.get("conn").asInt();
            }
        }
        return 0;
    }

    private static Path log() {
        return folder.resolve("log.jsonl");
    }

    private static String tool(String name) {
        return TOOLS.resolve(name).toString();
    }

    private static String last(String output) {
        return output.strip().substring(output.strip().lastIndexOf('\n') + 1);
    }

    private static String run(String... command) throws Exception {
        List<String> whole = new ArrayList<>(List.of(command));
        if (command[0].endsWith(".py")) {
            whole.add(0, "python3");
        }
        Process process = new ProcessBuilder(whole).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
