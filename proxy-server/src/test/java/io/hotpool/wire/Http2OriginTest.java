package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.H2Frame;
import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.H2Script;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Seen;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** HTTP/2 origins that go away, refuse, limit and miscount. */
class Http2OriginTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    /** Answers every request with its path. */
    private static final H2Script ECHO = peer -> {
        peer.settings();
        while (true) {
            H2Peer.Block request = peer.readRequest();
            if (!request.end()) {
                peer.readData(request.stream());
            }
            peer.respond(request.stream(), 200, request.get(":path"));
        }
    };

    @Test
    void trailers_and_interim_responses_pass_to_an_http1_client() throws IOException {
        try (ScriptedOrigin origin = h2(peer -> {
                    peer.settings();
                    int stream = peer.readRequest().stream();
                    peer.headers(stream, false, ":status", "103", "link", "</s.css>; rel=preload");
                    peer.headers(stream, false, ":status", "200");
                    peer.data(stream, "body", false);
                    peer.headers(stream, true, "x-sum", "7");
                    peer.read();
                });
                RawClient client = lab.client()) {
            RawClient.Response response =
                    client.get(url(origin, "/"), "Host: " + host(origin), "TE: trailers", "Connection: TE");

            assertThat(response.interim()).contains("103").contains("</s.css>; rel=preload");
            assertThat(response.text()).isEqualTo("body");
            assertThat(response.trailers()).containsIgnoringCase("x-sum: 7");
        }
    }

    @Test
    void an_http2_client_and_an_http2_origin_speak_through_hotpool() throws IOException {
        try (ScriptedOrigin origin = h2(ECHO)) {
            H2Peer client = lab.interceptedH2(host(origin));
            client.headers(1, true, request("GET", origin, "/one"));
            H2Peer.Block one = client.readBlock();
            assertThat(one.get(":status")).isEqualTo("200");
            assertThat(new String(client.readData(1))).isEqualTo("/one");

            client.headers(3, false, request("POST", origin, "/two"));
            client.data(3, "hello", true);
            assertThat(client.readBlock().get(":status")).isEqualTo("200");
            assertThat(new String(client.readData(3))).isEqualTo("/two");
            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    @Test
    @Tag("check-34")
    void streams_above_the_last_of_a_goaway_are_sent_again_elsewhere_and_the_others_complete() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .alpn("h2")
                .connection(1, peer -> onlyFirstStream(peer))
                .script(peer -> ECHO.run(H2Peer.server(peer)))
                .start()) {
            ExecutorService clients = Executors.newFixedThreadPool(2);
            try {
                CompletableFuture<String> first =
                        CompletableFuture.supplyAsync(() -> text(origin, "POST", "/a"), clients);
                io.hotpool.wire.fixture.Wait.until(
                        () -> assertThat(origin.requests()).hasSize(1));
                CompletableFuture<String> second =
                        CompletableFuture.supplyAsync(() -> text(origin, "POST", "/b"), clients);

                assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo("kept");
                assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo("/b");
            } finally {
                clients.shutdownNow();
            }
            assertThat(origin.requests())
                    .filteredOn(r -> r.target().equals("/a"))
                    .hasSize(1);
            assertThat(origin.requests())
                    .filteredOn(r -> r.target().equals("/b"))
                    .hasSize(2);
        }
    }

    private static void onlyFirstStream(io.hotpool.wire.fixture.Peer connection) throws Exception {
        H2Peer peer = H2Peer.server(connection);
        peer.settings();
        int kept = peer.readRequest().stream();
        peer.readRequest();
        peer.goAway(kept, 0);
        peer.respond(kept, 200, "kept");
        while (peer.read() != null) {
            // Until the proxy closes.
        }
    }

    @Test
    @Tag("check-35")
    void a_refused_post_is_sent_once_more_and_a_failed_one_is_not() throws IOException {
        try (ScriptedOrigin origin = h2(peer -> {
            peer.settings();
            peer.reset(peer.readRequest().stream(), 7); // REFUSED_STREAM
            peer.respond(peer.readRequest().stream(), 200, "second try");
            peer.reset(peer.readRequest().stream(), 2); // INTERNAL_ERROR
            while (peer.read() != null) {
                // Until the proxy closes.
            }
        })) {
            assertThat(text(origin, "POST", "/a")).isEqualTo("second try");
            assertThat(status(origin, "POST", "/b")).isEqualTo(502);

            assertThat(origin.requests()).extracting(Seen::target).containsExactly("/a", "/a", "/b");
        }
    }

    @Test
    @Tag("check-38")
    void a_hundred_requests_succeed_though_one_stream_at_a_time_is_allowed() throws Exception {
        try (ScriptedOrigin origin = h2(peer -> {
            peer.settings(3, 1);
            ECHO.run(peer);
        })) {
            ExecutorService clients = Executors.newFixedThreadPool(20);
            try {
                List<CompletableFuture<String>> answers = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    String path = "/" + i;
                    answers.add(CompletableFuture.supplyAsync(() -> text(origin, "GET", path), clients));
                }
                for (int i = 0; i < 100; i++) {
                    assertThat(answers.get(i).get(30, TimeUnit.SECONDS)).isEqualTo("/" + i);
                }
            } finally {
                clients.shutdownNow();
            }
            assertThat(origin.connections()).isLessThanOrEqualTo(10);
        }
    }

    @Test
    @Tag("check-39")
    void a_body_longer_or_shorter_than_its_content_length_is_a_stream_error() throws IOException {
        for (String body : List.of("1234", "123456")) {
            try (ScriptedOrigin origin = h2(peer -> {
                        peer.settings();
                        int stream = peer.readRequest().stream();
                        peer.headers(stream, false, ":status", "200", "content-length", "5");
                        peer.data(stream, body, true);
                        H2Frame ignored = peer.read(H2Frame.RST_STREAM);
                    });
                    RawClient client = lab.client()) {
                client.send("GET " + url(origin, "/") + " HTTP/1.1\r\nHost: " + host(origin) + "\r\n\r\n");

                // Either the fault is known before the head went out, or the client's body is cut.
                Throwable cut = Assertions.catchThrowable(
                        () -> assertThat(client.readResponse().status()).isEqualTo(502));
                if (cut != null) {
                    assertThat(cut).isInstanceOfAny(EOFException.class, java.net.SocketException.class);
                }
            }
        }
    }

    @Test
    void requests_share_one_connection_while_it_has_room() throws Exception {
        try (ScriptedOrigin origin = h2(ECHO)) {
            ExecutorService clients = Executors.newFixedThreadPool(10);
            try {
                List<CompletableFuture<String>> answers = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    String path = "/" + i;
                    answers.add(CompletableFuture.supplyAsync(() -> text(origin, "GET", path), clients));
                }
                for (int i = 0; i < 50; i++) {
                    assertThat(answers.get(i).get(30, TimeUnit.SECONDS)).isEqualTo("/" + i);
                }
            } finally {
                clients.shutdownNow();
            }
            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    private static ScriptedOrigin h2(H2Script script) {
        return ScriptedOrigin.tls(lab.leaf()).http2(script).start();
    }

    private static String host(ScriptedOrigin origin) {
        return Lab.HOST + ":" + origin.port();
    }

    private static String url(ScriptedOrigin origin, String path) {
        return "https://" + host(origin) + path;
    }

    private static String[] request(String method, ScriptedOrigin origin, String path) {
        return new String[] {":method", method, ":scheme", "https", ":authority", host(origin), ":path", path};
    }

    private static String text(ScriptedOrigin origin, String method, String path) {
        RawClient.Response response = exchange(origin, method, path);
        if (response.status() != 200) {
            throw new AssertionError(response.toString());
        }
        return response.text();
    }

    private static int status(ScriptedOrigin origin, String method, String path) {
        return exchange(origin, method, path).status();
    }

    private static RawClient.Response exchange(ScriptedOrigin origin, String method, String path) {
        try (RawClient client = lab.client()) {
            String body = method.equals("POST") ? "Content-Length: 5\r\n\r\nhello" : "\r\n";
            client.send(method + " " + url(origin, path) + " HTTP/1.1\r\nHost: " + host(origin) + "\r\n" + body);
            return client.readResponse(method);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
