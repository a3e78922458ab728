package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.H2Frame;
import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Seen;
import io.hotpool.wire.fixture.Step;
import io.hotpool.wire.fixture.Wait;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pooled connections under origins that close, reset, poison and cut them. */
class PoolReuseTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    @Test
    void connections_are_reused_across_clients() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            for (int i = 0; i < 5; i++) {
                assertThat(get(origin, "/" + i).status()).isEqualTo(200);
            }
            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    @Test
    @Tag("check-40")
    void gets_succeed_though_the_origin_closes_idle_connections_about_when_they_are_reused() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .script(Step.readRequest(), Step.respond(200, "ok"), Step.close())
                .start()) {
            for (int i = 0; i < 40; i++) {
                // From long before the close is seen to well after it.
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(i * 250));
                assertThat(get(origin, "/" + i).status()).as("request " + i).isEqualTo(200);
            }
        }
    }

    @Test
    @Tag("check-40")
    void a_post_is_sent_at_most_once_though_the_connection_dies_under_it() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .connection(1, Step.readRequest(), Step.respond(200, "ok"), Step.readRequest(), Step.reset())
                .start()) {
            assertThat(get(origin, "/first").status()).isEqualTo(200);

            assertThat(post(origin, "/pay").status()).isEqualTo(502);

            assertThat(origin.requests()).extracting(Seen::method).containsOnlyOnce("POST");
        }
    }

    @Test
    @Tag("check-40")
    void a_get_that_got_no_byte_on_a_reused_connection_is_tried_once_more() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .connection(1, Step.readRequest(), Step.respond(200, "ok"), Step.readRequest(), Step.reset())
                .start()) {
            assertThat(get(origin, "/first").status()).isEqualTo(200);
            assertThat(get(origin, "/again").status()).isEqualTo(200);

            assertThat(origin.requests()).extracting(Seen::target).containsExactly("/first", "/again", "/again");
        }
    }

    @Test
    @Tag("check-40")
    void a_get_that_got_no_byte_on_a_fresh_connection_is_tried_once_more_and_then_fails() throws IOException {
        try (ScriptedOrigin once = ScriptedOrigin.tls(lab.leaf())
                        .connection(1, Step.readRequest(), Step.close())
                        .start();
                ScriptedOrigin never = ScriptedOrigin.tls(lab.leaf())
                        .script(Step.readRequest(), Step.close())
                        .start()) {
            assertThat(get(once, "/x").status()).isEqualTo(200);
            assertThat(once.requests()).hasSize(2);

            assertThat(get(never, "/x").status()).isEqualTo(502);
            assertThat(never.requests()).hasSizeBetween(2, 4);
        }
    }

    @Test
    @Tag("check-41")
    void a_connection_with_unsolicited_bytes_is_closed_and_never_reused() throws IOException {
        CountDownLatch poison = new CountDownLatch(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .connection(
                        1,
                        Step.readRequest(),
                        Step.respond(200, "good"),
                        Step.await(poison),
                        Step.respond(200, "poison"),
                        Step.readToEnd())
                .start()) {
            assertThat(get(origin, "/1").text()).isEqualTo("good");
            poison.countDown();
            Wait.until(() -> assertThat(origin.open()).isZero());

            assertThat(get(origin, "/2").text()).startsWith("GET /2");
            assertThat(origin.connections()).isEqualTo(2);
        }
    }

    @Test
    @Tag("check-41")
    void a_second_response_behind_the_first_never_reaches_anyone() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .connection(
                        1,
                        Step.readRequest(),
                        Step.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"
                                + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"),
                        Step.readToEnd())
                .start()) {
            assertThat(get(origin, "/1").text()).isEqualTo("good");
            assertThat(get(origin, "/2").text()).startsWith("GET /2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NTLM TlRMTVNTUAAB", "Negotiate YIIJvw", "ntlm TlRMTVNTUAAB"})
    @Tag("check-42")
    void a_connection_that_carried_connection_authentication_stays_with_its_client(String credentials)
            throws IOException {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.tls(lab.leaf()).alpn("http/1.1").start();
                RawClient first = lab.client()) {
            String host = host(origin);
            String target = "https://" + host + "/";
            first.get(target + "a", "Host: " + host, "Authorization: " + credentials);
            get(origin, "/b");
            first.get(target + "c", "Host: " + host);

            int used = origin.requests().get(0).connection();
            assertThat(origin.requests().get(1).target()).isEqualTo("/b");
            assertThat(origin.requests().get(1).connection()).isNotEqualTo(used);
        }
    }

    @Test
    @Tag("check-42")
    void a_challenge_for_connection_authentication_keeps_others_off_the_connection_too() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                        .connection(
                                1,
                                Step.readRequest(),
                                Step.send(
                                        "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM TlRMTVNTUAAC\r\nContent-Length: 0\r\n\r\n"),
                                Step.echoForever())
                        .start();
                RawClient first = lab.client()) {
            String host = host(origin);
            first.get("https://" + host + "/a", "Host: " + host, "Authorization: NTLM TlRMTVNTUAAB");
            get(origin, "/b");

            assertThat(origin.requests().get(1).connection()).isNotEqualTo(1);
        }
    }

    @Test
    @Tag("check-43")
    void a_client_that_leaves_mid_response_ends_the_http1_connection() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .connection(
                        1,
                        Step.readRequest(),
                        Step.send("HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\nstart"),
                        Step.readToEnd())
                .start()) {
            RawClient client = lab.client();
            client.send("GET https://" + host(origin) + "/big HTTP/1.1\r\nHost: " + host(origin) + "\r\n\r\n");
            client.readHead();
            client.exactly(5);
            client.reset();

            Wait.until(() -> assertThat(origin.open()).isZero());
            assertThat(get(origin, "/next").status()).isEqualTo(200);
            assertThat(origin.connections()).isEqualTo(2);
        }
    }

    @Test
    @Tag("check-43")
    void a_client_that_leaves_mid_response_resets_its_http2_stream_only() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .http2(peer -> {
                    peer.settings();
                    H2Peer.Block first = peer.readRequest();
                    peer.headers(first.stream(), false, ":status", "200");
                    peer.data(first.stream(), "start", false);
                    H2Frame reset = peer.read(H2Frame.RST_STREAM);
                    left.countDown();
                    H2Peer.Block second = peer.readRequest();
                    peer.respond(second.stream(), 200, "stream " + reset.stream() + " was reset");
                    peer.read();
                })
                .start()) {
            RawClient client = lab.client();
            client.send("GET https://" + host(origin) + "/big HTTP/1.1\r\nHost: " + host(origin) + "\r\n\r\n");
            client.readHead();
            client.reset();
            assertThat(left.await(10, TimeUnit.SECONDS)).as("it was reset").isTrue();

            assertThat(get(origin, "/next").text()).isEqualTo("stream " + 1 + " was reset");
            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"})
    @Tag("check-44")
    void a_truncated_body_is_an_error_at_the_client_and_not_a_clean_end(String rest) throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                        .script(Step.readRequest(), Step.send("HTTP/1.1 200 OK\r\n" + rest), Step.close())
                        .start();
                RawClient client = lab.client()) {
            client.send("GET https://" + host(origin) + "/cut HTTP/1.1\r\nHost: " + host(origin) + "\r\n\r\n");

            assertThat(catchEnd(client)).isInstanceOfAny(EOFException.class, java.net.SocketException.class);
        }
    }

    @Test
    @Tag("check-44")
    void a_close_delimited_body_without_close_notify_is_an_error_at_the_client() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                        .script(Step.readRequest(), Step.send("HTTP/1.1 200 OK\r\n\r\nhalf"), Step.cut())
                        .start();
                RawClient client = lab.client()) {
            client.send("GET https://" + host(origin) + "/cut HTTP/1.1\r\nHost: " + host(origin) + "\r\n\r\n");

            assertThat(catchEnd(client)).isInstanceOfAny(EOFException.class, java.net.SocketException.class);
        }
    }

    @Test
    @Tag("check-44")
    void an_http2_stream_that_is_reset_mid_body_is_an_error_at_the_client() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                        .http2(peer -> {
                            peer.settings();
                            int stream = peer.readRequest().stream();
                            peer.headers(stream, false, ":status", "200");
                            peer.data(stream, "half", false);
                            peer.reset(stream, 2);
                            peer.read();
                        })
                        .start();
                RawClient client = lab.client()) {
            client.send("GET https://" + host(origin) + "/cut HTTP/1.1\r\nHost: " + host(origin) + "\r\n\r\n");

            assertThat(catchEnd(client)).isInstanceOfAny(EOFException.class, java.net.SocketException.class);
        }
    }

    private static Throwable catchEnd(RawClient client) {
        return org.assertj.core.api.Assertions.catchThrowable(client::readResponse);
    }

    private static String host(ScriptedOrigin origin) {
        return Lab.HOST + ":" + origin.port();
    }

    /** By a new client each time, absolute-form https. */
    private static RawClient.Response get(ScriptedOrigin origin, String path) throws IOException {
        try (RawClient client = lab.client()) {
            return client.get("https://" + host(origin) + path, "Host: " + host(origin));
        }
    }

    private static RawClient.Response post(ScriptedOrigin origin, String path) throws IOException {
        try (RawClient client = lab.client()) {
            client.send("POST https://" + host(origin) + path + " HTTP/1.1\r\nHost: " + host(origin)
                    + "\r\nContent-Length: 5\r\n\r\nhello");
            return client.readResponse("POST");
        }
    }
}
