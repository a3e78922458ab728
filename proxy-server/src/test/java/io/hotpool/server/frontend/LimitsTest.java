package io.hotpool.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.server.config.PasswordHash;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RawClient.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rate and concurrency limits, seen by clients. */
@Timeout(30)
class LimitsTest {
    private final ProxyUnderTest proxy = new ProxyUnderTest("");

    @AfterEach
    void stop() {
        proxy.close();
    }

    @Test
    void a_client_over_its_rate_is_told_when_to_come_back_and_the_origin_sees_nothing() throws IOException {
        proxy.configure("[limits]\nclient = { rate = 0.5 }");
        try (RawClient client = proxy.client()) {
            assertThat(get(client, "a.example", "").status()).isEqualTo(200);

            Response refused = get(client, "b.example", "");

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("Retry-After")).isEqualTo("2");
            assertThat(refused.text()).contains("\"rate_limited\"", "more than 0.5 requests a second for this client");
        }
        assertThat(proxy.pool.calls).hasSize(1);
        assertThat(proxy.limited).containsExactly("client rate");
    }

    @Test
    void a_host_has_so_many_at_a_time_over_all_clients_and_an_end_makes_room() throws IOException {
        proxy.configure("[limits]\nhost = { concurrency = 1 }");
        proxy.pool.atEnd = call -> {};
        try (RawClient first = proxy.client();
                RawClient second = proxy.client()) {
            send(first, "a.example", "");
            await().until(() -> proxy.pool.calls.size() == 1);
            assertThat(get(second, "a.example", "").status()).isEqualTo(429);

            FakePool.Call held = proxy.pool.last();
            held.loop.execute(() -> held.answer(200, "late"));
            assertThat(first.readResponse().text()).isEqualTo("late");

            proxy.pool.atEnd = call -> call.answer(200, "ok");
            assertThat(get(second, "a.example", "").status()).isEqualTo(200);
            assertThat(get(second, "b.example", "").status()).isEqualTo(200);
        }
    }

    @Test
    void a_rule_and_a_user_may_have_limits_of_their_own() throws IOException {
        String hash = PasswordHash.of("pw".toCharArray());
        proxy.configure("""
                [proxy]
                users = [{ name = "alice", password_hash = "%1$s", limits = { rate = 1 } }, { name = "bob", password_hash = "%1$s" }]
                [limits]
                host = { rate = 1 }
                [[rule]]
                host = "wide.example"
                limits = { rate = 1000 }
                """.formatted(hash));
        try (RawClient client = proxy.client()) {
            assertThat(get(client, "wide.example", "bob").status()).isEqualTo(200);
            assertThat(get(client, "wide.example", "bob").status()).isEqualTo(200);
            assertThat(get(client, "wide.example", "alice").status()).isEqualTo(200);
            assertThat(get(client, "wide.example", "alice").status()).isEqualTo(429);
            assertThat(get(client, "narrow.example", "bob").status()).isEqualTo(200);
            assertThat(get(client, "narrow.example", "bob").status()).isEqualTo(429);
        }
        assertThat(proxy.limited).containsExactly("user rate", "host rate");
    }

    @Test
    void a_changed_limit_holds_from_the_next_request_on() throws IOException {
        proxy.configure("[limits]\nclient = { rate = 1 }");
        try (RawClient client = proxy.client()) {
            assertThat(get(client, "a.example", "").status()).isEqualTo(200);
            assertThat(get(client, "a.example", "").status()).isEqualTo(429);
            proxy.configure("");
            assertThat(get(client, "a.example", "").status()).isEqualTo(200);
        }
    }

    @Test
    void a_tunnel_counts_while_it_is_open() throws Exception {
        proxy.configure("""
                [limits]
                host = { concurrency = 1 }
                [[rule]]
                host = "tunnel.example"
                tunnel = true
                """);
        try (ServerSocket origin = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String target = "tunnel.example:" + origin.getLocalPort();
            try (RawClient client = proxy.client().connect(target);
                    Socket accepted = origin.accept();
                    RawClient other = proxy.client()) {
                client.send("x".getBytes(StandardCharsets.US_ASCII));
                assertThat(accepted.getInputStream().read()).isEqualTo('x');
                other.send("CONNECT " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(other.readResponse().status()).isEqualTo(429);
            }
            await().until(() -> !proxy.ended.isEmpty() && proxy.ended.stream().anyMatch(e -> e.status() == 200));
            try (RawClient again = proxy.client()) {
                again.send("CONNECT " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(again.readResponse("CONNECT").status()).isEqualTo(200);
            }
        }
    }

    private static Response get(RawClient client, String host, String user) throws IOException {
        send(client, host, user);
        return client.readResponse();
    }

    private static void send(RawClient client, String host, String user) throws IOException {
        String credentials = user.isEmpty()
                ? ""
                : "Proxy-Authorization: Basic "
                        + Base64.getEncoder().encodeToString((user + ":pw").getBytes(StandardCharsets.US_ASCII))
                        + "\r\n";
        client.send("GET http://" + host + ":8000/ HTTP/1.1\r\nHost: " + host + "\r\n" + credentials + "\r\n");
    }
}
