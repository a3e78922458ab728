package io.hotpool.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RawClient.Response;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Raw bytes of clients against the proxy port: absolute-form HTTP/1. */
@Timeout(30)
class PlainHttpTest {
    private static final String HOST = "Host: a.example\r\n";
    private static final String GET = "GET http://a.example/ HTTP/1.1\r\n";

    private final ProxyUnderTest proxy = new ProxyUnderTest("""
            [proxy]
            header_timeout = "1s"
            plain_http = "always"
            max_request_line = 300
            max_header_size = 1024
            """);

    @AfterEach
    void stop() {
        proxy.close();
    }

    @Test
    void a_request_goes_to_its_origin_without_what_belongs_to_the_proxy() throws IOException {
        try (RawClient client = proxy.client()) {
            client.send(
                    "GET http://A.example:8080/x?y HTTP/1.1\r\nHost: other.example\r\nProxy-Connection: keep-alive\r\n"
                            + "Connection: close, X-Secret\r\nX-Secret: 1\r\nX-Kept: 2\r\nX-Hotpool-Session: s\r\n\r\n");
            Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo("GET /x?y");
            assertThat(client.closed()).isTrue();
        }
        RequestHead head = proxy.pool.last().head;
        assertThat(head.origin().toString()).isEqualTo("http://a.example:8080");
        assertThat(head.authority()).isEqualTo("a.example:8080");
        assertThat(head.headers()).isEqualTo(HeaderList.of("Host", "", "Connection", "", "X-Kept", "2"));
        assertThat(proxy.pool.last().options.session()).isEqualTo("s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                "GET http://a.example/ HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
                "GET http://a.example/ HTTP/1.1\nHost: a\r\n\r\n",
                "GET http://a.example/ HTTP/1.1\r\nHost: a\n\r\n",
                "GET http://a.example/ HTTP/1.1\r\nHost: a\r\n\n",
                "GET http://a.example/ HTTP/1.1\r\nHo\rst: a\r\n\r\n",
                "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
                "GET http://a.example/\0 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n",
                "GET\thttp://a.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET  http://a.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET http://a.example/ HTTP/1.1 \r\nHost: a\r\n\r\n",
                "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nX: b\r\n folded\r\n\r\n",
                "GET http://a.example/ HTTP/1.1\r\n Host: a\r\n\r\n",
                "GET http://a.example/ HTTP/1.1\r\nHost : a\r\n\r\n",
                "GET http://a.example/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                "GET http://a.example/ HTTP/1.1\r\n\r\n",
                "GET http://a.example/ HTTP/1.1\r\nHost: a/b?c@d\r\n\r\n",
                "GET http://u:p@a.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET http://a.example/#f HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET ftp://a.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET //a.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
                "CONNECT a.example HTTP/1.1\r\nHost: a.example\r\n\r\n",
                "CONNECT a.example:443/x HTTP/1.1\r\nHost: a.example\r\n\r\n",
                "CONNECT a.example:0 HTTP/1.1\r\nHost: a.example\r\n\r\n",
                "CONNECT a.example:65536 HTTP/1.1\r\nHost: a.example\r\n\r\n",
                "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n",
            })
    void what_could_be_understood_in_two_ways_is_refused(String request) throws IOException {
        try (RawClient client = proxy.client()) {
            Response response = client.send(request).readResponse();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(response.text()).contains("\"bad_request\"");
        }
        assertThat(proxy.pool.calls).isEmpty();
        assertThat(proxy.pool.dialled).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x3", "+3", "-1", " 3", "3 ", "12345678901234567", "3;a\n", ""})
    void a_bad_chunk_size_ends_the_connection_and_yields_no_second_request(String size) throws IOException {
        try (RawClient client = proxy.client()) {
            client.send("POST http://a.example/ HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n" + size
                    + "\r\nabc\r\n0\r\n\r\nGET http://b.example/ HTTP/1.1\r\nHost: b.example\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(400);
            assertThat(client.closed()).isTrue();
        }
        assertThat(proxy.pool.calls).hasSizeLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/2.0", "HTTP/1.2", "HTTP/0.9"})
    void other_versions_are_refused(String version) throws IOException {
        try (RawClient client = proxy.client()) {
            assertThat(client.send("GET http://a.example/ " + version + "\r\n" + HOST + "\r\n")
                            .readResponse()
                            .status())
                    .isEqualTo(505);
        }
    }

    @Test
    void another_transfer_coding_is_not_implemented() throws IOException {
        try (RawClient client = proxy.client()) {
            client.send(GET + HOST + "Transfer-Encoding: gzip, chunked\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(501);
        }
        assertThat(proxy.pool.calls).isEmpty();
    }

    @Test
    void a_head_at_the_limits_passes_and_one_byte_more_does_not() throws IOException {
        String path = "a".repeat(300 - "GET http://a.example/ HTTP/1.1".length());
        String value = "v".repeat(1024 - "Host: a.example\r\nX: \r\n\r\n".length());
        try (RawClient client = proxy.client()) {
            client.send("GET http://a.example/" + path + " HTTP/1.1\r\n" + HOST + "X: " + value + "\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
            client.send(GET + HOST + "X: " + value + "v\r\n\r\n");
            Response tooLarge = client.readResponse();
            assertThat(tooLarge.status()).isEqualTo(431);
            assertThat(tooLarge.text()).contains("more than the 1024 bytes of proxy.max_header_size");
        }
        try (RawClient client = proxy.client()) {
            client.send("GET http://a.example/" + path + "a HTTP/1.1\r\n" + HOST + "\r\n");
            Response tooLong = client.readResponse();
            assertThat(tooLong.status()).isEqualTo(414);
            assertThat(tooLong.text()).contains("more than the 300 bytes of proxy.max_request_line");
        }
    }

    @Test
    void socks4_is_refused_at_once() throws IOException {
        try (RawClient client = proxy.client()) {
            client.send(new byte[] {4, 1, 0, 80, 127, 0, 0, 1, 0});
            assertThat(client.exactly(8)).containsExactly(0, 0x5b, 0, 0, 0, 0, 0, 0);
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void pipelined_requests_are_answered_in_order() throws IOException {
        proxy.pool.atEnd = call -> call.loop.schedule(
                () -> call.answer(200, call.head.path()),
                call.head.path().equals("/1") ? 100 : 1,
                TimeUnit.MILLISECONDS);
        try (RawClient client = proxy.client()) {
            StringBuilder requests = new StringBuilder();
            for (int i = 1; i <= 3; i++) {
                requests.append("GET http://a.example/" + i + " HTTP/1.1\r\n" + HOST + "\r\n");
            }
            client.send(requests.toString());
            for (int i = 1; i <= 3; i++) {
                assertThat(client.readResponse().text()).isEqualTo("/" + i);
            }
        }
    }

    @Test
    void a_client_that_has_closed_its_half_still_gets_its_answers() throws IOException {
        proxy.pool.atEnd =
                call -> call.loop.schedule(() -> call.answer(200, call.head.path()), 50, TimeUnit.MILLISECONDS);
        try (RawClient client = proxy.client()) {
            client.send(GET + HOST + "\r\n" + GET + HOST + "\r\n");
            client.socket().shutdownOutput();
            assertThat(client.readResponse().text()).isEqualTo("/");
            assertThat(client.readResponse().text()).isEqualTo("/");
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void head_204_and_304_have_no_body_and_leave_the_connection_usable() throws IOException {
        proxy.pool.atEnd = call -> call.answer(
                call.head.path().equals("/")
                        ? 200
                        : Integer.parseInt(call.head.path().substring(1)),
                HeaderList.of("Content-Length", "5"),
                "");
        try (RawClient client = proxy.client()) {
            Response head = client.send("HEAD http://a.example/ HTTP/1.1\r\n" + HOST + "\r\n")
                    .readResponse("HEAD");
            assertThat(head.header("Content-Length")).isEqualTo("5");
            for (String status : new String[] {"204", "304"}) {
                client.send("GET http://a.example/" + status + " HTTP/1.1\r\n" + HOST + "\r\n");
                assertThat(client.readResponse().status()).isEqualTo(Integer.parseInt(status));
            }
        }
    }

    @Test
    void a_body_is_streamed_chunked_to_1_1_and_to_the_end_of_the_connection_to_1_0() throws IOException {
        proxy.pool.atEnd = call -> {
            call.stream("one", "two");
            call.response.end(HeaderList.of("X-Sum", "6", "Content-Length", "9"));
        };
        try (RawClient client = proxy.client()) {
            client.send(GET + HOST + "TE: trailers\r\n\r\n");
            byte[] expected =
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\nX-Sum: 6\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII);
            assertThat(client.exactly(expected.length))
                    .asString()
                    .isEqualTo(new String(expected, StandardCharsets.US_ASCII));
        }
        try (RawClient client = proxy.client()) {
            client.send("GET http://a.example/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            String all = new String(client.in().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(all).isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nonetwo");
        }
    }

    @Test
    void chunks_and_trailers_of_a_request_arrive_without_what_must_not_be_in_trailers() throws IOException {
        try (RawClient client = proxy.client()) {
            client.send(
                    "POST http://a.example/ HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n"
                            + "3;x=\"y\"\r\nabc\r\nA\r\n0123456789\r\n0\r\nHost: evil\r\nContent-Length: 3\r\nX-Sum: 1\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
        }
        assertThat(proxy.pool.last().body.toString(StandardCharsets.US_ASCII)).isEqualTo("abc0123456789");
        assertThat(proxy.pool.last().trailers).isEqualTo(HeaderList.of("X-Sum", "1"));
    }

    @Test
    void interim_responses_are_relayed() throws IOException {
        proxy.pool.atHead = call -> {
            call.response.informational(new ResponseHead(100, "Continue", new HeaderList(), 0, Protocol.H1));
            call.response.informational(
                    new ResponseHead(103, "Early Hints", HeaderList.of("Link", "</a>"), 0, Protocol.H1));
        };
        try (RawClient client = proxy.client()) {
            client.send(
                    "POST http://a.example/ HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(100);
            Response hints = client.readHead();
            assertThat(hints.status()).isEqualTo(103);
            assertThat(hints.header("Link")).isEqualTo("</a>");
            client.send("ok");
            assertThat(client.readResponse().status()).isEqualTo(200);
        }
    }

    @Test
    void a_response_that_fails_midway_is_cut() throws IOException {
        proxy.pool.atEnd = call -> {
            call.stream("one");
            call.loop.schedule(
                    () -> call.response.fault(Fault.of(FaultKind.UPSTREAM_TRUNCATED, "cut")),
                    50,
                    TimeUnit.MILLISECONDS);
        };
        try (RawClient client = proxy.client()) {
            client.send(GET + HOST + "\r\n");
            String all = new String(client.in().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(all).endsWith("3\r\none\r\n");
        }
        assertThat(proxy.ended.get(0).fault()).isEqualTo(FaultKind.UPSTREAM_TRUNCATED);
    }

    @Test
    void a_fault_before_the_head_is_a_problem_document_and_the_connection_lives_on() throws IOException {
        proxy.pool.atEnd = call -> call.response.fault(
                Fault.of(FaultKind.DNS_FAILED, "a.example does not <exist>").at("a.example", null));
        try (RawClient client = proxy.client()) {
            Response json = client.send(GET + HOST + "\r\n").readResponse();
            assertThat(json.status()).isEqualTo(502);
            assertThat(json.header("Proxy-Status")).startsWith("hotpool; error=dns_error");
            assertThat(json.text()).contains("\"dns_failed\"").contains("\"a.example\"");
            Response html =
                    client.send(GET + HOST + "Accept: text/html\r\n\r\n").readResponse();
            assertThat(html.header("Content-Type")).startsWith("text/html");
            assertThat(html.text()).contains("&lt;exist&gt;").doesNotContain("<exist>");
        }
    }

    @Test
    void a_slow_head_is_answered_408_at_the_header_timeout() throws IOException {
        try (RawClient client = proxy.client()) {
            long start = System.nanoTime();
            client.send("GET http://a.ex");
            assertThat(client.readResponse().status()).isEqualTo(408);
            assertThat(System.nanoTime() - start).isBetween(900_000_000L, 2_500_000_000L);
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void an_upload_that_the_origin_does_not_take_stops_being_read() throws IOException {
        proxy.pool.atHead = call -> call.keepsCredit = true;
        try (RawClient client = proxy.client()) {
            client.send("POST http://a.example/ HTTP/1.1\r\n" + HOST + "Content-Length: 100000000\r\n\r\n");
            client.socket().setSendBufferSize(64 * 1024);
            Thread upload = new Thread(() -> {
                try {
                    while (true) {
                        client.send(new byte[64 * 1024]);
                    }
                } catch (IOException closed) {
                    // the test is over
                }
            });
            upload.start();
            await().until(() ->
                    !proxy.pool.calls.isEmpty() && proxy.pool.last().body.size() >= RequestSink.CREDIT);
            await().during(java.time.Duration.ofMillis(300))
                    .until(() -> proxy.pool.last().body.size() < 2 * RequestSink.CREDIT);
        }
    }

    @Test
    void a_client_that_does_not_read_gets_no_more_credit_for_its_response() throws IOException {
        int chunk = 64 * 1024;
        proxy.pool.atEnd = call -> {
            call.response.head(new ResponseHead(200, "", new HeaderList(), RequestHead.UNKNOWN_LENGTH, Protocol.H1));
            for (int i = 0; i < 1000; i++) {
                call.response.data(Unpooled.wrappedBuffer(new byte[chunk]));
            }
        };
        try (RawClient client = proxy.client()) {
            client.send(GET + HOST + "\r\n");
            await().until(() -> !proxy.pool.calls.isEmpty() && proxy.pool.last().consumed > 0);
            await().during(java.time.Duration.ofMillis(300)).until(() -> proxy.pool.last().consumed < 900L * chunk);
        }
        await().until(() -> proxy.pool.last().cancelled != null);
    }

    @Test
    void a_websocket_passes_both_ways_and_keeps_half_close() throws IOException {
        proxy.pool.atHead = call -> {
            call.onData =
                    text -> call.response.data(Unpooled.copiedBuffer("<" + text + ">", StandardCharsets.US_ASCII));
            call.response.upgraded(new ResponseHead(
                    101, "Switching Protocols", HeaderList.of("Sec-WebSocket-Accept", "x"), 0, Protocol.H1));
        };
        proxy.pool.atEnd = call -> call.response.end(new HeaderList());
        try (RawClient client = proxy.client()) {
            client.send("GET http://a.example/ws HTTP/1.1\r\n" + HOST
                    + "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n");
            Response response = client.readHead();
            assertThat(response.status()).isEqualTo(101);
            assertThat(response.header("Upgrade")).isEqualTo("websocket");
            assertThat(response.header("Connection")).isEqualTo("Upgrade");
            client.send("hello");
            assertThat(client.exactly(7)).asString().isEqualTo("<hello>");
            client.socket().shutdownOutput();
            assertThat(client.closed()).isTrue();
        }
        assertThat(proxy.pool.last().head.upgrade()).isEqualTo("websocket");
        await().until(() -> !proxy.ended.isEmpty());
        assertThat(proxy.ended.get(0).form()).isEqualTo("websocket");
        assertThat(proxy.ended.get(0).fault()).isNull();
    }

    @Test
    void own_ports_and_forbidden_ports_are_refused_before_anything_is_looked_up() throws IOException {
        try (RawClient client = proxy.client()) {
            int own = proxy.address.getPort();
            assertThat(client.get("http://127.1:" + own + "/", "Host: x").status())
                    .isEqualTo(508);
            assertThat(client.get("http://localhost:8081/", "Host: x").status()).isEqualTo(403);
            assertThat(client.get("http://a.example:25/", "Host: x").status()).isEqualTo(403);
        }
        assertThat(proxy.pool.calls).isEmpty();
    }

    @Test
    void the_built_in_host_answers_itself() throws IOException {
        try (RawClient client = proxy.client()) {
            assertThat(client.get("http://hotpool.internal/ca.pem", "Host: x").text())
                    .isEqualTo(proxy.rootPem());
            assertThat(client.get("http://hotpool.internal/proxy.pac", "Host: x")
                            .text())
                    .contains("PROXY 127.0.0.1:" + proxy.address.getPort());
            assertThat(client.get("http://hotpool.internal/none", "Host: x").status())
                    .isEqualTo(404);
            assertThat(client.get("http://hotpool.internal/fingerprint", "Host: x", "X-Hotpool-Profile: firefox")
                            .text())
                    .startsWith("GET /self-test?profile=firefox");
        }
        assertThat(proxy.ended).allMatch(end -> end.form().equals("internal"));
    }

    @Test
    void unknown_directives_and_profiles_are_named_and_nothing_is_sent() throws IOException {
        try (RawClient client = proxy.client()) {
            Response directive = client.get("http://a.example/", "Host: x", "X-Hotpool-Profil: chrome");
            assertThat(directive.status()).isEqualTo(400);
            assertThat(directive.text()).contains("did you mean X-Hotpool-profile?");
            assertThat(client.get("http://a.example/", "Host: x", "X-Hotpool-Profile: chrom")
                            .status())
                    .isEqualTo(400);
            assertThat(client.get("http://a.example/", "Host: x", "X-Hotpool-Profile: chrome", "Origin: http://b")
                            .status())
                    .isEqualTo(403);
        }
        assertThat(proxy.pool.calls).isEmpty();
    }

    @Test
    void draining_closes_idle_connections_and_lets_the_busy_ones_finish() throws Exception {
        proxy.pool.atEnd = call -> call.loop.schedule(() -> call.answer(200, "late"), 200, TimeUnit.MILLISECONDS);
        try (RawClient idle = proxy.client();
                RawClient busy = proxy.client()) {
            busy.send(GET + HOST + "\r\n");
            await().until(() -> proxy.pool.calls.size() == 1);
            var drained = proxy.server.drain(java.time.Duration.ofSeconds(5)).toCompletableFuture();
            assertThat(idle.closed()).isTrue();
            Response response = busy.readResponse();
            assertThat(response.text()).isEqualTo("late");
            assertThat(response.header("Connection")).isEqualTo("close");
            assertThat(drained.get(30, TimeUnit.SECONDS)).isZero();
        }
    }
}
