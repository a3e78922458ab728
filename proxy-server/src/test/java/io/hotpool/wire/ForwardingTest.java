package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Seen;
import io.hotpool.wire.fixture.Step;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What reaches the origin, what comes back, and what stays at the proxy: the same for every form of request. */
class ForwardingTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    /** The ways in for an HTTP/1.1 client. */
    enum Form {
        /** Absolute-form http over a clear connection. */
        PLAIN,
        /** Absolute-form https: TLS is made by hotpool. */
        ABSOLUTE_HTTPS,
        /** CONNECT, TLS with hotpool's certificate. */
        INTERCEPTED,
        /** CONNECT, then clear HTTP. */
        CONNECT_CLEAR;

        ScriptedOrigin origin(Step... script) {
            boolean secure = this == ABSOLUTE_HTTPS || this == INTERCEPTED;
            ScriptedOrigin.Builder builder = secure ? ScriptedOrigin.tls(lab.leaf()) : ScriptedOrigin.clear();
            return (script.length == 0 ? builder : builder.script(script)).start();
        }

        RawClient open(ScriptedOrigin origin) throws IOException {
            return switch (this) {
                case PLAIN, ABSOLUTE_HTTPS -> lab.client();
                case INTERCEPTED -> lab.intercepted(host(origin));
                case CONNECT_CLEAR -> lab.client().connect(host(origin));
            };
        }

        String target(ScriptedOrigin origin, String path) {
            return switch (this) {
                case PLAIN -> "http://" + host(origin) + path;
                case ABSOLUTE_HTTPS -> "https://" + host(origin) + path;
                case INTERCEPTED, CONNECT_CLEAR -> path;
            };
        }

        static String host(ScriptedOrigin origin) {
            return Lab.HOST + ":" + origin.port();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_get_is_answered_and_the_connection_is_kept_for_the_next(Form form) throws IOException {
        try (ScriptedOrigin origin = form.origin();
                RawClient client = form.open(origin)) {
            String host = "Host: " + Form.host(origin);

            assertThat(client.get(form.target(origin, "/a?q=1"), host, "X-Id: 1")
                            .text())
                    .startsWith("GET /a?q=1 id=1");
            assertThat(client.get(form.target(origin, "/b"), host, "X-Id: 2").text())
                    .startsWith("GET /b id=2");

            assertThat(origin.connections()).isEqualTo(1);
            assertThat(origin.requests().get(0).all("Host")).containsExactly(Form.host(origin));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("check-13")
    void what_connection_names_is_not_forwarded_and_the_framing_holds(Form form) throws IOException {
        try (ScriptedOrigin origin = form.origin();
                RawClient client = form.open(origin)) {
            client.send(
                    "POST " + form.target(origin, "/x") + " HTTP/1.1\r\nHost: " + Form.host(origin)
                            + "\r\nConnection: close, X-Secret, Content-Length\r\nX-Secret: s\r\nContent-Length: 5\r\n\r\nhello");

            int status = client.readResponse("POST").status();

            assertThat(status).isIn(200, 400);
            if (status == 200) {
                assertThat(origin.onlyRequest().has("X-Secret")).isFalse();
                assertThat(origin.bodies().get(0).text()).isEqualTo("hello");
            } else {
                assertThat(origin.requests()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("check-14")
    void what_is_meant_for_the_proxy_never_reaches_the_origin(Form form) throws IOException {
        try (ScriptedOrigin origin = form.origin();
                RawClient client = form.open(origin)) {
            int status = client.get(
                            form.target(origin, "/x"),
                            "Host: " + Form.host(origin),
                            "Proxy-Authorization: Basic YTpi",
                            "Proxy-Connection: keep-alive",
                            "Keep-Alive: timeout=5",
                            "X-Hotpool-Session: canary",
                            "X-Hotpool-Report: 1",
                            "TE: gzip",
                            "Via: 1.1 inner")
                    .status();

            assertThat(status).isEqualTo(200);
            String head = origin.onlyRequest().head().toLowerCase(Locale.ROOT);
            assertThat(head).doesNotContain("proxy-", "keep-alive:", "hotpool", "canary", "ytpi", "gzip;");
        }
    }

    @Test
    @Tag("check-14")
    void directives_on_connect_hold_for_the_tunnel_and_stay_at_the_proxy() throws IOException {
        try (ScriptedOrigin origin = Form.INTERCEPTED.origin();
                RawClient client = lab.client()) {
            String host = Form.host(origin);
            assertThat(client.request(
                                    "CONNECT",
                                    host,
                                    "Host: " + host,
                                    "Proxy-Authorization: Basic YTpi",
                                    "X-Hotpool-Report: 1",
                                    "X-Hotpool-Profile: firefox")
                            .status())
                    .isEqualTo(200);
            client.tls(lab.trustingHotpool(), Lab.HOST, "http/1.1");

            RawClient.Response response = client.get("/x", "Host: " + host);

            assertThat(response.header("X-Hotpool-Profile")).startsWith("firefox");
            assertThat(origin.onlyRequest().head().toLowerCase(Locale.ROOT)).doesNotContain("hotpool", "proxy-");
            assertThat(origin.onlyRequest().header("User-Agent")).contains("Firefox");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("check-16")
    void expect_100_continue_is_relayed_and_the_body_is_sent_once(Form form) throws IOException {
        try (ScriptedOrigin origin = form.origin(
                        Step.readHead(),
                        Step.send("HTTP/1.1 100 Continue\r\n\r\n"),
                        Step.readBody(),
                        Step.respond(200, "done"));
                RawClient client = form.open(origin)) {
            client.send("POST " + form.target(origin, "/up") + " HTTP/1.1\r\nHost: " + Form.host(origin)
                    + "\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(100);
            client.send("hello");

            assertThat(client.readResponse("POST").text()).isEqualTo("done");
            assertThat(origin.bodies()).hasSize(1);
            assertThat(origin.bodies().get(0).text()).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("check-16")
    void a_417_is_relayed_without_a_body_being_asked_for(Form form) throws IOException {
        try (ScriptedOrigin origin = form.origin(Step.readHead(), Step.respond(417, "no"), Step.close());
                RawClient client = form.open(origin)) {
            client.send("POST " + form.target(origin, "/up") + " HTTP/1.1\r\nHost: " + Form.host(origin)
                    + "\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");

            RawClient.Response response = client.readResponse("POST");

            assertThat(response.status()).isEqualTo(417);
            assertThat(response.interim()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("check-17")
    void three_pipelined_requests_are_answered_in_order(Form form) throws IOException {
        try (ScriptedOrigin origin = form.origin();
                RawClient client = form.open(origin)) {
            StringBuilder requests = new StringBuilder();
            for (int i = 1; i <= 3; i++) {
                requests.append("GET " + form.target(origin, "/p" + i) + " HTTP/1.1\r\nHost: " + Form.host(origin)
                        + "\r\nX-Id: " + i + "\r\n\r\n");
            }
            client.send(requests.toString());

            for (int i = 1; i <= 3; i++) {
                assertThat(client.readResponse().text()).startsWith("GET /p" + i + " id=" + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("check-18")
    void head_204_and_304_have_no_body_and_leave_the_connection_usable(Form form) throws IOException {
        try (ScriptedOrigin origin = form.origin(
                        Step.readRequest(),
                        Step.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"),
                        Step.readRequest(),
                        Step.send("HTTP/1.1 204 No Content\r\n\r\n"),
                        Step.readRequest(),
                        Step.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\nETag: \"e\"\r\n\r\n"),
                        Step.readRequest(),
                        Step.respond(200, "last"));
                RawClient client = form.open(origin)) {
            String host = "Host: " + Form.host(origin);

            RawClient.Response head = client.request("HEAD", form.target(origin, "/h"), host);
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Length")).isEqualTo("100");
            assertThat(client.get(form.target(origin, "/204"), host).status()).isEqualTo(204);
            RawClient.Response notModified = client.get(form.target(origin, "/304"), host, "If-None-Match: \"e\"");
            assertThat(notModified.status()).isEqualTo(304);
            assertThat(notModified.header("ETag")).isEqualTo("\"e\"");
            assertThat(client.get(form.target(origin, "/l"), host).text()).isEqualTo("last");
            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("check-19")
    void trailers_pass_but_not_those_that_would_frame_or_route(Form form) throws IOException {
        try (ScriptedOrigin origin = form.origin(
                        Step.readRequest(),
                        Step.send(
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                                        + "5\r\nhello\r\n0\r\nX-Sum: 7\r\nHost: evil\r\nContent-Length: 1\r\nTransfer-Encoding: x\r\n\r\n"));
                RawClient client = form.open(origin)) {
            client.send("POST " + form.target(origin, "/t") + " HTTP/1.1\r\nHost: " + Form.host(origin)
                    + "\r\nTE: trailers\r\nConnection: TE\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n0\r\nX-Up: 9\r\nHost: evil\r\nContent-Length: 1\r\nTransfer-Encoding: x\r\n\r\n");

            RawClient.Response response = client.readResponse("POST");

            assertThat(response.text()).isEqualTo("hello");
            assertThat(response.trailers().toLowerCase(Locale.ROOT)).contains("x-sum: 7");
            assertThat(response.trailers().toLowerCase(Locale.ROOT))
                    .doesNotContain("host", "content-length", "transfer-encoding");
            assertThat(origin.bodies().get(0).text()).isEqualTo("abc");
            assertThat(origin.trailers().toString().toLowerCase(Locale.ROOT))
                    .doesNotContain("host", "content-length", "transfer-encoding");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_103_arrives_before_its_200(Form form) throws IOException {
        CountDownLatch hintSeen = new CountDownLatch(1);
        try (ScriptedOrigin origin = form.origin(
                        Step.readRequest(),
                        Step.send("HTTP/1.1 103 Early Hints\r\nLink: </s.css>; rel=preload\r\n\r\n"),
                        Step.await(hintSeen),
                        Step.respond(200, "page"));
                RawClient client = form.open(origin)) {
            client.send("GET " + form.target(origin, "/") + " HTTP/1.1\r\nHost: " + Form.host(origin) + "\r\n\r\n");

            RawClient.Response hint = client.readHead();
            assertThat(hint.status()).isEqualTo(103);
            assertThat(hint.header("Link")).isEqualTo("</s.css>; rel=preload");
            hintSeen.countDown();

            assertThat(client.readResponse().text()).isEqualTo("page");
        }
    }

    @ParameterizedTest
    @EnumSource
    void server_sent_events_arrive_one_by_one(Form form) throws IOException {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        try (ScriptedOrigin origin = form.origin(
                        Step.readRequest(),
                        Step.send(
                                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"),
                        Step.send("9\r\ndata: 1\n\n\r\n"),
                        Step.await(first),
                        Step.send("9\r\ndata: 2\n\n\r\n"),
                        Step.await(second),
                        Step.send("0\r\n\r\n"));
                RawClient client = form.open(origin)) {
            client.send("GET " + form.target(origin, "/events") + " HTTP/1.1\r\nHost: " + Form.host(origin)
                    + "\r\nAccept: text/event-stream\r\n\r\n");
            assertThat(client.readHead().header("Content-Type")).isEqualTo("text/event-stream");

            assertThat(new String(client.exactly(14))).contains("data: 1\n\n");
            first.countDown();
            assertThat(new String(client.exactly(14))).contains("data: 2\n\n");
            second.countDown();
            assertThat(new String(client.exactly(5))).isEqualTo("0\r\n\r\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_web_socket_carries_bytes_both_ways(Form form) throws IOException {
        try (ScriptedOrigin origin = form.origin(
                        Step.readHead(),
                        Step.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"),
                        peer -> {
                            for (int b = peer.in().read(); b >= 0; b = peer.in().read()) {
                                peer.send(new byte[] {(byte) (b ^ 0x20)});
                            }
                        });
                RawClient client = form.open(origin)) {
            RawClient.Response response = client.get(
                    form.target(origin, "/socket"),
                    "Host: " + Form.host(origin),
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                    "Sec-WebSocket-Version: 13");

            assertThat(response.status()).isEqualTo(101);
            assertThat(response.header("Sec-WebSocket-Accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            client.send("hello");
            assertThat(new String(client.exactly(5))).isEqualTo("HELLO");
            client.send("again");
            assertThat(new String(client.exactly(5))).isEqualTo("AGAIN");
            Seen request = origin.onlyRequest();
            assertThat(request.header("Upgrade")).isEqualTo("websocket");
            assertThat(request.header("Connection")).containsIgnoringCase("upgrade");
        }
    }

    @Test
    void an_http_1_0_client_is_served_and_its_connection_closed() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.clear()
                        .script(
                                Step.readRequest(),
                                Step.send(
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"))
                        .start();
                RawClient client = lab.client()) {
            client.send("GET http://" + Form.host(origin) + "/old HTTP/1.0\r\n\r\n");

            RawClient.Response response = client.readResponse();

            assertThat(response.header("Transfer-Encoding")).isNull();
            assertThat(response.text()).isEqualTo("hello");
            assertThat(origin.onlyRequest().header("Host")).isEqualTo(Form.host(origin));
        }
    }

    @Test
    void connect_by_http_1_0_without_a_host_is_served() throws IOException {
        try (ScriptedOrigin origin = Form.INTERCEPTED.origin();
                RawClient client = lab.client()) {
            client.send("CONNECT " + Form.host(origin) + " HTTP/1.0\r\n\r\n");
            assertThat(client.readResponse("CONNECT").status()).isEqualTo(200);

            client.tls(lab.trustingHotpool(), Lab.HOST);

            assertThat(client.get("/", "Host: " + Form.host(origin)).status()).isEqualTo(200);
        }
    }

    @Test
    void headers_in_preserve_mode_keep_names_order_and_casing() throws IOException {
        try (ScriptedOrigin origin = Form.PLAIN.origin();
                RawClient client = lab.client()) {
            client.get(
                    Form.PLAIN.target(origin, "/x"),
                    "X-hotpool-headers: preserve",
                    "x-ZuLu: 1",
                    "Host: " + Form.host(origin),
                    "ACCEPT: a/b",
                    "X-zulu: 2",
                    "user-AGENT: mine/1");

            List<String> names = origin.onlyRequest().headers().stream()
                    .map(h -> h.getKey())
                    .filter(n -> !n.equalsIgnoreCase("Host") && !n.equalsIgnoreCase("Connection"))
                    .toList();
            assertThat(names).containsExactly("x-ZuLu", "ACCEPT", "X-zulu", "user-AGENT");
        }
    }

    @Test
    void a_close_delimited_answer_ends_cleanly_at_the_client() throws IOException {
        try (ScriptedOrigin origin = Form.PLAIN.origin(
                        Step.readRequest(),
                        Step.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end"),
                        Step.close());
                RawClient client = lab.client()) {
            assertThat(client.get(Form.PLAIN.target(origin, "/"), "Host: " + Form.host(origin))
                            .text())
                    .isEqualTo("to the end");
            Wait.until(() -> assertThat(origin.open()).isZero());
        }
    }
}
