package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RunningDaemon;
import io.hotpool.wire.fixture.ScriptedOrigin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hotpools that are each other's upstream proxies: chains work, circles are cut. */
class UpstreamLoopTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static RunningDaemon daemon(int port, String upstream) {
        return lab.start(
                config -> config.set("proxy", "listen = [\"127.0.0.1:" + port + "\"]", "plain_http = \"always\"")
                        .set("upstream", "proxy = \"" + upstream + "\""),
                false);
    }

    private static long exchanges(RunningDaemon daemon) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + daemon.admin().getPort() + "/api/v1/stats");
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        return new ObjectMapper()
                .readTree(response.body())
                .get("total_requests")
                .asLong();
    }

    @ParameterizedTest
    @CsvSource({
        "http, http, http",
        "http, http, https",
        "socks5h, socks5h, http",
        "socks5h, socks5h, https",
        "http, socks5h, https"
    })
    void two_that_name_each_other_cut_a_request_when_it_comes_back(String first, String second, String scheme)
            throws Exception {
        int a = freePort();
        int b = freePort();
        try (RunningDaemon one = daemon(a, first + "://127.0.0.1:" + b);
                RunningDaemon two = daemon(b, second + "://127.0.0.1:" + a);
                RawClient client = new RawClient(one.proxy())) {
            long started = System.nanoTime();
            RawClient.Response response = client.get(scheme + "://away.example/", "Host: away.example");
            assertThat(response.status()).as(response.toString()).isIn(502, 508);
            assertThat(response.text()).contains("the upstream proxy", "127.0.0.1:" + b);
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
            if (first.equals("http")) {
                assertThat(response.text()).contains("\"loop_detected\"");
            }
            assertThat(exchanges(one)).as("the request, and itself come back").isLessThanOrEqualTo(2);
            assertThat(exchanges(two)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "socks5", "socks5h"})
    void a_chain_passes_the_first_ones_browser_through_and_no_word_of_it_reaches_the_origin(String kind)
            throws Exception {
        try (RunningDaemon last = lab.start(config -> {}, false);
                RunningDaemon first = lab.start(
                        config -> config.set("fingerprint", "profile = \"firefox\"")
                                .set(
                                        "upstream",
                                        "proxy = \"" + kind + "://127.0.0.1:"
                                                + last.proxy().getPort() + "\""),
                        false);
                ScriptedOrigin secure = ScriptedOrigin.tls(lab.leaf()).start();
                ScriptedOrigin clear = ScriptedOrigin.clear().start();
                RawClient client = new RawClient(first.proxy())) {
            String host = Lab.HOST + ":" + secure.port();
            assertThat(client.get("https://" + host + "/", "Host: " + host).status())
                    .isEqualTo(200);
            String plain = Lab.HOST + ":" + clear.port();
            assertThat(client.get("http://" + plain + "/", "Host: " + plain).status())
                    .isEqualTo(200);
            assertThat(secure.onlyRequest().header("User-Agent")).contains("Firefox");
            for (ScriptedOrigin origin : new ScriptedOrigin[] {secure, clear}) {
                assertThat(origin.onlyRequest().head())
                        .doesNotContainIgnoringCase("hotpool")
                        .doesNotContainIgnoringCase("via:")
                        .doesNotContainIgnoringCase("proxy");
            }
            assertThat(exchanges(last)).isZero();
        }
    }

    @Test
    void a_chain_with_users_logs_in() throws Exception {
        String hash = io.hotpool.server.config.PasswordHash.of("pass word".toCharArray());
        try (RunningDaemon last = lab.start(
                        config ->
                                config.set("proxy", "users = [{ name = \"next\", password_hash = \"" + hash + "\" }]"),
                        false);
                RunningDaemon socks = lab.start(
                        config -> config.set(
                                "upstream",
                                "proxy = \"socks5h://next:pass%20word@127.0.0.1:"
                                        + last.proxy().getPort() + "\""),
                        false);
                RunningDaemon http = lab.start(
                        config -> config.set(
                                "upstream",
                                "proxy = \"http://next:wrong@127.0.0.1:"
                                        + last.proxy().getPort() + "\""),
                        false);
                ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                RawClient right = new RawClient(socks.proxy());
                RawClient wrong = new RawClient(http.proxy())) {
            String host = Lab.HOST + ":" + origin.port();
            assertThat(right.get("https://" + host + "/", "Host: " + host).status())
                    .isEqualTo(200);
            assertThat(wrong.get("https://" + host + "/", "Host: " + host).text())
                    .contains("\"upstream_proxy\"", "does not take the credentials (407");
        }
    }
}
