package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.wire.fixture.CaptureServer;
import io.hotpool.wire.fixture.ConnectForwarder;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.LiveBrowser;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code fingerprint.mirror}: real programs, once directly and once through the proxy, look the same to the origin: their
 * ClientHello, their HTTP/2 opening and their header fields.
 */
@Timeout(120)
class MirrorTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final Lab lab =
            Lab.with(config -> LiveBrowser.names(config).set("fingerprint", "mirror = true", "profile = \"chrome\""));

    private static final String PYTHON = """
            import http.client, socket, ssl, sys
            to, port, tunnel = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "tunnel"
            s = socket.create_connection(("127.0.0.1", to))
            if tunnel:
                s.sendall(b"CONNECT www.example.com:%d HTTP/1.1\\r\\nHost: www.example.com:%d\\r\\n\\r\\n" % (port, port))
                s.recv(4096)
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.set_alpn_protocols(["http/1.1"])
            c = http.client.HTTPSConnection("www.example.com", port)
            c.sock = context.wrap_socket(s, server_hostname="www.example.com")
            c.request("GET", "/page", headers={"X-Program": "python"})
            sys.exit(0 if c.getresponse().status == 200 else 1)
            """;

    private static final String NODE = """
            const net = require('net'), tls = require('tls'), http2 = require('http2');
            const [to, port, how] = [+process.argv[1], +process.argv[2], process.argv[3]];
            const s = net.connect(to, '127.0.0.1', () => {
              if (how != 'tunnel') return go();
              s.write(`CONNECT www.example.com:${port} HTTP/1.1\\r\\nHost: www.example.com:${port}\\r\\n\\r\\n`);
              s.once('data', go);
            });
            function go() {
              const t = tls.connect({socket: s, servername: 'www.example.com', ALPNProtocols: ['h2'],
                rejectUnauthorized: false}, () => {
                const c = http2.connect(`https://www.example.com:${port}`, {createConnection: () => t});
                const r = c.request({':path': '/page', 'x-program': 'node'});
                r.on('response', h => { r.resume(); r.on('end', () => process.exit(h[':status'] == 200 ? 0 : 1)); });
              });
            }
            """;

    /** A real client that asks for {@code /page} of {@code www.example.com}. */
    enum Client {
        CURL_H2,
        CURL_H1,
        CURL_TLS12,
        PYTHON_H1,
        NODE_H2,
        OPENSSL;

        /** @param proxy null: directly */
        void get(int port, java.net.InetSocketAddress proxy) throws IOException {
            int to = proxy == null ? port : proxy.getPort();
            String how = proxy == null ? "direct" : "tunnel";
            switch (this) {
                case CURL_H2 -> curl(port, proxy, "--http2");
                case CURL_H1 -> curl(port, proxy, "--http1.1");
                case CURL_TLS12 ->
                    curl(port, proxy, "--tls-max", "1.2", "--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256:AES128-SHA");
                case PYTHON_H1 ->
                    Program.named("python3")
                            .args("-c", MirrorTest.PYTHON, to, port, how)
                            .run()
                            .ok();
                case NODE_H2 ->
                    Program.named("node")
                            .args("-e", MirrorTest.NODE, "--", to, port, how)
                            .run()
                            .ok();
                case OPENSSL ->
                    forwarded(port, proxy, "timeout", "3", "openssl", "s_client", "-quiet", "-ign_eof", "-connect");
            }
        }

        private static void curl(int port, java.net.InetSocketAddress proxy, Object... more) {
            Program curl = Program.named("curl").args("-sS", "-f", "-m", "30", "-k", "-o", "/dev/null");
            if (proxy == null) {
                curl.args("--resolve", "www.example.com:" + port + ":127.0.0.1");
            } else {
                curl.args("-x", "http://127.0.0.1:" + proxy.getPort());
            }
            curl.args(more)
                    .args("-H", "X-Program: curl", "https://www.example.com:" + port + "/page")
                    .run()
                    .ok();
        }

        private static void forwarded(int port, java.net.InetSocketAddress proxy, String program, Object... arguments)
                throws IOException {
            String target = "www.example.com:" + port;
            ConnectForwarder forwarder = proxy == null ? null : new ConnectForwarder(proxy, target);
            int to = forwarder == null ? port : forwarder.port();
            Program run = Program.named(program)
                    .args(arguments)
                    .args("127.0.0.1:" + to, "-servername", "www.example.com", "-alpn", "http/1.1");
            String request = "GET /bye HTTP/1.1\r\nHost: " + target + "\r\nUser-Agent: typed by hand\r\n\r\n";
            try {
                run.input(request.getBytes(StandardCharsets.US_ASCII)).run();
            } finally {
                if (forwarder != null) {
                    forwarder.close();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_program_looks_through_the_proxy_as_it_does_without(Client client) throws Exception {
        try (CaptureServer direct = capture();
                CaptureServer proxied = capture()) {
            client.get(direct.port(), null);
            client.get(proxied.port(), lab.proxy());
            Wait.until(() -> assertThat(requests(proxied)).isNotEmpty());
            assertThat(requests(proxied)).isEqualTo(requests(direct));

            Path reference = direct.reference();
            equal(proxied.tool("tlsfp.py", "compare", "@" + proxied.connection(1), reference));
            if (client == Client.CURL_H2 || client == Client.NODE_H2) {
                equal(proxied.tool("h2fp.py", "compare", proxied.connection(1), reference, "--ignore", "host"));
            }
        }
    }

    @Test
    void chromium_looks_through_the_proxy_as_it_does_without() throws Exception {
        try (CaptureServer direct = capture();
                CaptureServer proxied = capture()) {
            Path root = lab.authority().writePem(lab.directory());
            LiveBrowser.chromium(lab.directory(), root).visit(direct.port());
            LiveBrowser.chromium(lab.directory(), lab.root())
                    .argument("--proxy-server=127.0.0.1:" + lab.proxy().getPort())
                    .visit(proxied.port());
            Path reference = direct.reference();
            JsonNode without = JSON.readTree(reference.toFile());
            JsonNode with = JSON.readTree(proxied.reference().toFile());
            for (String print : List.of("ja4", "ja3n")) {
                String at = "/tls/cases/fresh/fingerprints/" + print;
                assertThat(with.at(at).asText())
                        .as(print)
                        .isNotEmpty()
                        .isEqualTo(without.at(at).asText());
            }
            assertThat(with.at("/http2/akamai")).isEqualTo(without.at("/http2/akamai"));
            assertThat(with.at("/http2/requests/navigate/header_order"))
                    .isEqualTo(without.at("/http2/requests/navigate/header_order"));
        }
    }

    /** One shape, one set of connections; and the report says who was mirrored. */
    @Test
    void clients_of_one_shape_share_connections_and_others_do_not() throws Exception {
        try (CaptureServer origin = capture()) {
            List<String> reports = new ArrayList<>();
            for (String version : List.of("--http2", "--http2", "--http1.1", "--http1.1", "--http2")) {
                reports.add(Program.named("curl")
                        .args("-sS", "-k", "-m", "30", "-D", "-", "-o", "/dev/null", version)
                        .args("-H", "X-Hotpool-Report: 1", "-x", lab.proxyUrl())
                        .args("https://www.example.com:" + origin.port() + "/page")
                        .run()
                        .ok()
                        .text()
                        .toLowerCase());
            }
            assertThat(reports).allSatisfy(report -> assertThat(report).contains("x-hotpool-profile: mirror"));
            Set<String> connections = new TreeSet<>();
            reports.forEach(report -> connections.add(field(report, "x-hotpool-connection")));
            assertThat(connections).hasSize(2);
            assertThat(field(reports.get(4), "x-hotpool-connection"))
                    .isEqualTo(field(reports.get(0), "x-hotpool-connection"));
            assertThat(field(reports.get(2), "x-hotpool-ja4")).isNotEqualTo(field(reports.get(0), "x-hotpool-ja4"));
        }
    }

    @Test
    void a_named_profile_a_plain_request_and_the_built_in_host_are_not_mirrored() throws Exception {
        try (CaptureServer origin = capture();
                RawClient client = new RawClient(lab.proxy())) {
            String page = "www.example.com:" + origin.port();
            var plain = client.get("https://" + page + "/page", "Host: " + page, "X-Hotpool-Report: 1");
            assertThat(plain.header("X-Hotpool-Profile")).isEqualTo("chrome-156");
        }
        assertThat(curl("X-Hotpool-Profile: firefox").toLowerCase()).contains("x-hotpool-profile: firefox-153");
        assertThat(curl("X-Hotpool-Headers: align")).contains("400").contains("fingerprint.mirror");
    }

    private static String curl(String directive) throws IOException {
        try (CaptureServer origin = capture()) {
            return Program.named("curl")
                    .args("-sS", "-k", "-m", "30", "-D", "-", "-x", lab.proxyUrl())
                    .args("-H", "X-Hotpool-Report: 1", "-H", directive)
                    .args("https://www.example.com:" + origin.port() + "/page")
                    .run()
                    .ok()
                    .text();
        }
    }

    /** max_fragment_length would bind hotpool to more than it does. */
    @Test
    void a_client_that_cannot_be_mirrored_gets_the_standard_profile_and_the_report_says_so() throws Exception {
        try (CaptureServer origin = capture();
                ConnectForwarder forwarder = new ConnectForwarder(lab.proxy(), "www.example.com:" + origin.port())) {
            String request = "GET /page HTTP/1.1\r\nHost: www.example.com:" + origin.port()
                    + "\r\nX-Hotpool-Report: 1\r\nConnection: close\r\n\r\n";
            String said = Program.named("openssl")
                    .args("s_client", "-quiet", "-ign_eof", "-maxfraglen", "4096")
                    .args("-servername", "www.example.com", "-connect", "127.0.0.1:" + forwarder.port())
                    .input(request.getBytes(StandardCharsets.US_ASCII))
                    .run()
                    .text();
            assertThat(said).contains("X-Hotpool-Profile: chrome-156");
        }
    }

    private static String field(String report, String name) {
        return report.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    /** Header fields of every request, in order, with the pseudo-header fields; the ports of the two origins differ. */
    private static List<List<String>> requests(CaptureServer server) {
        List<List<String>> all = new ArrayList<>();
        for (JsonNode connection : server.connections().values()) {
            connection.path("http1").forEach(request -> all.add(fields(request)));
            for (JsonNode frame : connection.path("h2_frames")) {
                if (frame.path("type").asText().equals("HEADERS")) {
                    all.add(fields(frame));
                }
            }
        }
        return all;
    }

    private static List<String> fields(JsonNode request) {
        List<String> fields = new ArrayList<>();
        for (JsonNode field : request.path("headers")) {
            boolean pair = field.isArray();
            String name = (pair ? field.path(0) : field.path("name")).asText();
            String value = (pair ? field.path(1) : field.path("value")).asText();
            fields.add(name + ": " + value.replaceAll("example.com:\\d+", "example.com:PORT"));
        }
        return fields;
    }

    private static CaptureServer capture() {
        return CaptureServer.start(lab.directory(), lab.leaf("*.example.com"));
    }

    private static void equal(Program.Output output) {
        assertThat(output.exit()).as(output::toString).isZero();
    }
}
