package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RunningDaemon;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.ScriptedProxy;
import io.hotpool.wire.fixture.ScriptedProxy.Asked;
import io.hotpool.wire.fixture.Step;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Upstream proxies of every kind, through the whole daemon; the proxy says what it was asked. */
class UpstreamProxyTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    private static ScriptedProxy proxy(String scheme) {
        return scheme.equals("https") ? ScriptedProxy.tls(lab.leaf()) : ScriptedProxy.start();
    }

    private static String host(ScriptedOrigin origin) {
        return Lab.HOST + ":" + origin.port();
    }

    private static RawClient.Response get(RawClient client, String url, String... lines) throws IOException {
        String[] all = new String[lines.length + 1];
        all[0] = "Host: " + URI.create(url).getAuthority();
        System.arraycopy(lines, 0, all, 1, lines.length);
        return client.get(url, all);
    }

    @ParameterizedTest
    @CsvSource({"http, true", "https, true", "socks5, false", "socks5h, true"})
    void every_kind_carries_tls_clear_http_and_tunnels_and_names_go_where_they_are_resolved(
            String scheme, boolean namesPassOn) throws Exception {
        try (ScriptedProxy proxy = proxy(scheme);
                ScriptedOrigin secure = ScriptedOrigin.tls(lab.leaf()).start();
                ScriptedOrigin clear = ScriptedOrigin.clear().start();
                ScriptedOrigin greeting = ScriptedOrigin.clear()
                        .script(Step.send("220 hello\r\n"), Step.readToEnd())
                        .start();
                RawClient client = lab.client()) {
            String upstream = "X-Hotpool-Upstream: " + proxy.url(scheme);
            assertThat(get(client, "https://" + host(secure) + "/a", upstream, "X-Id: 7")
                            .text())
                    .contains("GET /a id=7");
            assertThat(get(client, "http://" + host(clear) + "/b", upstream).text())
                    .contains("GET /b");
            try (RawClient tunnel = lab.client()) {
                String target = host(greeting);
                tunnel.send("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n" + upstream + "\r\n\r\n");
                assertThat(tunnel.readHead().status()).isEqualTo(200);
                assertThat(new String(tunnel.exactly(11), StandardCharsets.US_ASCII))
                        .isEqualTo("220 hello\r\n");
            }
            String named = namesPassOn ? Lab.HOST : "127.0.0.1";
            assertThat(proxy.asked()).extracting(Asked::host).containsOnly(named);
            assertThat(proxy.asked())
                    .extracting(Asked::port)
                    .containsExactly(secure.port(), clear.port(), greeting.port());
            assertThat(secure.onlyRequest().head())
                    .doesNotContainIgnoringCase("proxy")
                    .doesNotContainIgnoringCase("via");
            assertThat(clear.onlyRequest().target()).isEqualTo("/b");
        }
    }

    @Test
    void a_websocket_goes_through_the_proxy() throws Exception {
        try (ScriptedProxy proxy = ScriptedProxy.start();
                ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                        .script(
                                Step.readHead(),
                                Step.send("HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello"),
                                Step.readToEnd())
                        .start();
                RawClient client = lab.client()) {
            client.send("GET https://" + host(origin) + "/ws HTTP/1.1\r\nHost: " + host(origin)
                    + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nX-Hotpool-Upstream: " + proxy.url("http")
                    + "\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(101);
            assertThat(client.exactly(5)).asString().isEqualTo("hello");
            assertThat(proxy.asked()).hasSize(1);
        }
    }

    @Test
    void the_proxy_gets_what_browsers_send_and_the_decoded_credentials() throws Exception {
        try (ScriptedProxy proxy = ScriptedProxy.start();
                ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                RawClient client = lab.client()) {
            String url = "http://us%65r:p%40ss%3Aw%C3%B6rd@127.0.0.1:" + proxy.port();
            get(client, "https://" + host(origin) + "/", "X-Hotpool-Upstream: " + url);
            String head = proxy.asked().get(0).head();
            String basic = Base64.getEncoder().encodeToString("user:p@ss:wörd".getBytes(StandardCharsets.UTF_8));
            assertThat(head)
                    .startsWith("CONNECT " + host(origin) + " HTTP/1.1\r\nHost: " + host(origin) + "\r\n")
                    .contains("Proxy-Connection: keep-alive\r\nUser-Agent: Mozilla/5.0 ")
                    .contains("Proxy-Authorization: Basic " + basic + "\r\n");
        }
    }

    @Test
    void socks_logs_in_with_user_and_password() throws Exception {
        try (ScriptedProxy proxy = ScriptedProxy.start().credentials("user:p@ss");
                ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                RawClient client = lab.client()) {
            String url = "https://" + host(origin) + "/";
            String place = "127.0.0.1:" + proxy.port();
            assertThat(get(client, url, "X-Hotpool-Upstream: socks5h://user:p%40ss@" + place)
                            .status())
                    .isEqualTo(200);
            assertThat(get(client, url, "X-Hotpool-Upstream: socks5h://user:wrong@" + place)
                            .text())
                    .contains("\"upstream_proxy\"", "does not take the credentials");
            assertThat(get(client, url, "X-Hotpool-Upstream: socks5h://" + place)
                            .text())
                    .contains("\"upstream_proxy\"", "asks for a user name and a password");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "407 Who   | 502 | upstream_proxy  | asks for a user name and a password (407)",
                "403 No    | 502 | upstream_proxy  | refuses to connect to",
                "502 Bad   | 502 | connect_failed  | could not reach",
                "504 Late  | 504 | connect_timeout | in time (504)",
                "508 Again | 508 | loop_detected   | came back to where it had been",
            })
    void an_http_proxys_refusal_is_told_as_what_it_is(String line, int status, String kind, String text)
            throws Exception {
        try (ScriptedProxy proxy = ScriptedProxy.start()
                        .refuse("HTTP/1.1 " + line
                                + "\r\nContent-Length: 3\r\nProxy-Status: x; error=some_word\r\n\r\nno!");
                RawClient client = lab.client()) {
            RawClient.Response response =
                    get(client, "https://" + Lab.HOST + ":4443/", "X-Hotpool-Upstream: " + proxy.url("http"));
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.text())
                    .contains("\"kind\" : \"" + kind + "\"")
                    .contains("the upstream proxy " + proxy.url("http") + " ")
                    .contains(text.replace(")", ", some_word)"));
            assertThat(response.header("Proxy-Status")).startsWith("hotpool; error=");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | upstream_proxy  | failed to connect",
                "2 | upstream_proxy  | does not allow",
                "3 | connect_failed  | has no network",
                "4 | connect_failed  | could not reach",
                "5 | connect_refused | was refused by",
                "6 | connect_timeout | in time",
                "8 | upstream_proxy  | address type",
            })
    void a_socks_reply_is_told_as_what_it_is(int code, String kind, String text) throws Exception {
        try (ScriptedProxy proxy = ScriptedProxy.start().reply(code);
                RawClient client = lab.client()) {
            String answer = get(client, "https://" + Lab.HOST + ":4443/", "X-Hotpool-Upstream: " + proxy.url("socks5h"))
                    .text();
            assertThat(answer).contains("\"kind\" : \"" + kind + "\"", text, "(reply " + code + ")");
        }
    }

    @Test
    void a_proxy_that_cannot_be_reached_or_says_something_else_is_at_fault_and_not_the_origin() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (ScriptedOrigin mute = ScriptedOrigin.clear().script(Step.close()).start();
                ScriptedOrigin other = ScriptedOrigin.clear()
                        .script(Step.send("SSH-2.0-x\r\n\r\n"), Step.readToEnd())
                        .start();
                RawClient client = lab.client()) {
            String url = "https://" + Lab.HOST + ":4443/";
            assertThat(get(client, url, "X-Hotpool-Upstream: http://127.0.0.1:" + closed)
                            .text())
                    .contains("\"upstream_proxy\"", "cannot be reached: ", "refused");
            assertThat(get(client, url, "X-Hotpool-Upstream: http://127.0.0.1:" + mute.port())
                            .text())
                    .contains("\"upstream_proxy\"");
            assertThat(get(client, url, "X-Hotpool-Upstream: http://127.0.0.1:" + other.port())
                            .text())
                    .contains("\"upstream_proxy\"", "does not speak HTTP/1.1");
            assertThat(get(client, url, "X-Hotpool-Upstream: socks5://127.0.0.1:" + other.port())
                            .text())
                    .contains("\"upstream_proxy\"", "does not speak SOCKS 5");
        }
    }

    @Test
    void the_certificate_of_an_https_proxy_is_verified() throws Exception {
        try (ScriptedProxy proxy = ScriptedProxy.tls(TestCertificates.selfSignedLeaf("127.0.0.1"));
                RawClient client = lab.client()) {
            assertThat(get(client, "https://" + Lab.HOST + ":4443/", "X-Hotpool-Upstream: " + proxy.url("https"))
                            .text())
                    .contains("\"upstream_proxy\"", "cannot be spoken to over TLS");
            assertThat(proxy.asked()).isEmpty();
        }
    }

    @Test
    void connections_are_for_their_own_way_out_only() throws Exception {
        try (ScriptedProxy first = ScriptedProxy.start();
                ScriptedProxy second = ScriptedProxy.start();
                ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                RawClient client = lab.client()) {
            String url = "https://" + host(origin) + "/";
            String[] ways = {
                "direct",
                first.url("http"),
                second.url("http"),
                "http://a:b@127.0.0.1:" + first.port(),
                "http://a:c@127.0.0.1:" + first.port(),
                first.url("socks5"),
                first.url("socks5h")
            };
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < ways.length; i++) {
                    String number =
                            get(client, url, "X-Hotpool-Upstream: " + ways[i]).header("X-Connection");
                    assertThat(number).isEqualTo(Integer.toString(i + 1));
                }
            }
            assertThat(origin.connections()).isEqualTo(ways.length);
            assertThat(first.asked()).hasSize(5);
            assertThat(second.asked()).hasSize(1);
        }
    }

    private static JsonNode json(RunningDaemon daemon, String method, String path, String body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + daemon.admin().getPort() + path);
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .header("Content-Type", "application/json")
                                .method(method, HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return new ObjectMapper().readTree(response.body());
    }

    @Test
    void a_configured_proxy_serves_all_requests_prewarming_and_diagnosis_and_no_page_shows_its_password()
            throws Exception {
        try (ScriptedProxy proxy = ScriptedProxy.start();
                ScriptedProxy other = ScriptedProxy.start().credentials("canary-user:canary-word");
                ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                RunningDaemon daemon = lab.start(
                        config -> config.set(
                                        "upstream",
                                        "proxy = \"http://canary-user:canary-word@127.0.0.1:" + proxy.port() + "\"")
                                .set("proxy", "allow_private_targets = false")
                                .rule(
                                        "host = \"" + Lab.OTHER + "\"",
                                        "upstream = \"socks5h://canary-user:canary-word@127.0.0.1:" + other.port()
                                                + "\""),
                        false);
                RawClient client = new RawClient(daemon.proxy())) {
            String url = "https://" + host(origin) + "/";
            assertThat(get(client, url).status()).isEqualTo(200);
            assertThat(proxy.asked()).hasSize(1);

            String order = "{\"host\":\"" + Lab.HOST + "\",\"port\":" + origin.port() + ",\"count\":3}";
            assertThat(json(daemon, "POST", "/api/v1/prewarm", order)
                            .get("opened")
                            .asInt())
                    .isEqualTo(2);
            assertThat(proxy.asked()).hasSize(3);
            JsonNode diagnosis = json(daemon, "POST", "/api/v1/diagnose", "{\"url\":\"" + url + "\"}");
            assertThat(diagnosis.get("ok").asBoolean()).as(diagnosis.toString()).isTrue();
            assertThat(diagnosis.toString()).contains("through http://***@127.0.0.1:" + proxy.port());
            assertThat(proxy.asked()).hasSize(4);

            JsonNode connection = json(daemon, "GET", "/api/v1/connections", "").get(0);
            assertThat(connection.get("egress").asText()).isEqualTo("http://***@127.0.0.1:" + proxy.port());
            assertThat(connection.get("ip").isNull()).isTrue();
            JsonNode host = json(daemon, "GET", "/api/v1/hosts", "").get(0);
            assertThat(host.get("resolved_by_upstream").asBoolean()).isTrue();
            assertThat(host.get("addresses")).isEmpty();

            String ruled = "https://" + Lab.OTHER + ":" + origin.port() + "/";
            assertThat(get(client, ruled).status()).isEqualTo(200);
            assertThat(other.asked()).hasSize(1);
            for (String page : new String[] {"/api/v1/config", "/api/v1/connections", "/api/v1/hosts", "/metrics"}) {
                HttpResponse<String> response = HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                                + daemon.admin().getPort() + page))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.body()).as(page).doesNotContain("canary");
            }
        }
    }

    @Test
    void a_client_may_not_reach_private_places_by_naming_them_as_its_proxy_where_it_may_not_reach_them_itself()
            throws Exception {
        try (ScriptedProxy proxy = ScriptedProxy.start();
                RunningDaemon strict =
                        lab.start(config -> config.set("proxy", "allow_private_targets = false"), false);
                RunningDaemon named = lab.start(
                        config -> config.set("proxy", "allow_private_targets = false")
                                .set("upstream", "proxy = \"" + proxy.url("http") + "\""),
                        false);
                RawClient client = new RawClient(strict.proxy());
                RawClient owner = new RawClient(named.proxy())) {
            RawClient.Response refused =
                    get(client, "https://public.example/", "X-Hotpool-Upstream: " + proxy.url("http"));
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.text()).contains("loopback address");
            assertThat(get(client, "https://public.example/", "X-Hotpool-Upstream: socks5h://169.254.169.254:80")
                            .status())
                    .isEqualTo(403);
            assertThat(proxy.asked()).isEmpty();

            get(owner, "https://" + Lab.HOST + ":9/", "X-Hotpool-Upstream: " + proxy.url("http"));
            assertThat(proxy.asked()).as("the owner's own choice").isEmpty();
            get(owner, "https://" + Lab.HOST + ":4443/", "X-Hotpool-Upstream: " + proxy.url("http"));
            assertThat(proxy.asked()).as("the owner's own choice").hasSize(1);
            assertThat(get(owner, "https://127.0.0.1:4443/").status()).isEqualTo(403);
            assertThat(proxy.asked()).as("an address is judged here").hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "socks5", "socks5h"})
    void own_ports_and_forbidden_ports_are_no_proxies(String scheme) throws Exception {
        try (RawClient client = lab.client()) {
            for (int port :
                    new int[] {lab.proxy().getPort(), lab.daemon().admin().getPort(), 25}) {
                assertThat(get(
                                        client,
                                        "https://" + Lab.HOST + ":4443/",
                                        "X-Hotpool-Upstream: " + scheme + "://127.0.0.1:" + port)
                                .status())
                        .isEqualTo(403);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://127.0.0.1:1", "http://canary:secret@:1", "nonsense", "http://a b:1", "http://h:99999"})
    void a_directive_that_is_no_proxy_is_refused_and_not_repeated(String value) throws Exception {
        try (RawClient client = lab.client()) {
            RawClient.Response response = get(client, "https://" + Lab.HOST + ":4443/", "X-Hotpool-Upstream: " + value);
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.toString()).doesNotContain("canary").doesNotContain("secret");
        }
    }

    @Test
    void the_directive_can_be_taken_from_clients() throws Exception {
        try (RunningDaemon daemon = lab.start(config -> config.set("proxy", "directives = [\"profile\"]"), false);
                RawClient client = new RawClient(daemon.proxy())) {
            assertThat(get(client, "https://" + Lab.HOST + ":4443/", "X-Hotpool-Upstream: direct")
                            .status())
                    .isEqualTo(403);
        }
    }
}
