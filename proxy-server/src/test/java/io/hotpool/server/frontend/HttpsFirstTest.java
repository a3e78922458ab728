package io.hotpool.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.wire.fixture.RawClient;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of {@code http://} by default. */
@Timeout(30)
class HttpsFirstTest {
    private ProxyUnderTest proxy = new ProxyUnderTest("");

    @AfterEach
    void stop() {
        proxy.close();
    }

    @Test
    void a_safe_request_goes_out_over_tls_and_a_post_follows_what_was_learned() throws IOException {
        try (RawClient client = proxy.client()) {
            client.send("POST http://a.example/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx");
            client.readResponse();
            assertThat(client.get("http://a.example/", "Host: x").status()).isEqualTo(200);
            client.send("POST http://a.example/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx");
            client.readResponse();
        }
        assertThat(proxy.pool.calls)
                .extracting(c -> c.head.origin().toString())
                .containsExactly("http://a.example", "https://a.example", "https://a.example");
    }

    @Test
    void where_tls_fails_the_request_goes_out_in_the_clear() throws IOException {
        proxy.pool.atEnd = call -> {
            if (call.head.origin().secure()) {
                call.response.fault(Fault.of(FaultKind.CONNECT_REFUSED, "no"));
            } else {
                call.answer(200, "clear");
            }
        };
        try (RawClient client = proxy.client()) {
            assertThat(client.get("http://a.example/", "Host: x").text()).isEqualTo("clear");
            assertThat(client.get("http://a.example/", "Host: x").text()).isEqualTo("clear");
        }
        assertThat(proxy.pool.calls).hasSize(3);
        assertThat(proxy.ended).hasSize(2).allMatch(end -> end.fault() == null);
    }

    @Test
    void a_redirect_back_is_not_a_loop() throws IOException {
        proxy.pool.atEnd = call -> {
            if (call.head.origin().secure()) {
                call.answer(302, HeaderList.of("Location", "http://a.example/x"), "");
            } else {
                call.answer(200, "clear");
            }
        };
        try (RawClient client = proxy.client()) {
            assertThat(client.get("http://a.example/x", "Host: x").text()).isEqualTo("clear");
        }
    }

    @Test
    void a_post_is_never_sent_twice() throws IOException {
        try (RawClient client = proxy.client()) {
            client.get("http://a.example/", "Host: x");
            proxy.pool.atEnd = call -> call.response.fault(Fault.of(FaultKind.CONNECT_REFUSED, "no"));
            client.send("POST http://a.example/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx");
            assertThat(client.readResponse().status()).isEqualTo(502);
        }
        assertThat(proxy.pool.calls).hasSize(2);
    }

    @Test
    void never_means_that_no_plain_http_leaves_for_a_public_name() throws IOException {
        restart("never");
        proxy.pool.atEnd = call -> call.response.fault(Fault.of(FaultKind.CONNECT_REFUSED, "no"));
        try (RawClient client = proxy.client()) {
            assertThat(client.get("http://a.example/", "Host: x").status()).isEqualTo(502);
            client.send("POST http://a.example/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx");
            assertThat(client.readResponse().status()).isEqualTo(502);
            client.get("http://a.example:8080/", "Host: x");
            client.get("http://192.0.2.1/", "Host: x");
            client.get("http://a.example/", "Host: x", "X-Hotpool-Scheme: http");
        }
        assertThat(proxy.pool.calls)
                .extracting(c -> c.head.origin().toString())
                .containsExactly(
                        "https://a.example",
                        "https://a.example",
                        "http://a.example:8080",
                        "http://192.0.2.1",
                        "http://a.example");
    }

    @Test
    void always_means_that_plain_http_stays_plain() throws IOException {
        restart("always");
        try (RawClient client = proxy.client()) {
            client.get("http://a.example/", "Host: x");
            client.get("http://a.example/", "Host: x", "X-Hotpool-Scheme: https");
        }
        assertThat(proxy.pool.calls)
                .extracting(c -> c.head.origin().toString())
                .containsExactly("http://a.example", "https://a.example");
    }

    private void restart(String plainHttp) {
        proxy.close();
        proxy = new ProxyUnderTest("[proxy]\nplain_http = \"" + plainHttp + "\"\n");
    }
}
