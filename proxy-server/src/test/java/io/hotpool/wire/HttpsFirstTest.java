package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Identity;
import io.hotpool.wire.fixture.DaemonConfig;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.LoopbackAddress;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RunningDaemon;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Step;
import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An {@code http://} URL of a public name goes out over TLS where that works, and never twice. */
class HttpsFirstTest {
    private static final String NAME = "shop.example.com";

    @RegisterExtension
    static final Lab lab = Lab.standard();

    private InetAddress address;
    private RunningDaemon daemon;
    private ScriptedOrigin clear;
    private ScriptedOrigin secure;

    @BeforeEach
    void start() {
        address = LoopbackAddress.withWellKnownPorts();
        daemon = lab.start(this::named, false);
        clear = ScriptedOrigin.clear().at(address, 80).start();
    }

    private void named(DaemonConfig config) {
        config.host(NAME, address.getHostAddress());
    }

    @AfterEach
    void stop() {
        for (AutoCloseable closeable : new AutoCloseable[] {daemon, clear, secure}) {
            try {
                if (closeable != null) {
                    closeable.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void a_get_goes_out_over_tls() throws IOException {
        secure(lab.authority().leaf(NAME));

        assertThat(get("/a").status()).isEqualTo(200);

        assertThat(secure.onlyRequest().target()).isEqualTo("/a");
        assertThat(secure.onlyRequest().header("Host")).isEqualTo(NAME);
        assertThat(clear.connections()).isZero();
    }

    @Test
    void a_get_falls_back_to_clear_http_where_nothing_listens_on_443() throws IOException {
        assertThat(get("/a").status()).isEqualTo(200);

        assertThat(clear.onlyRequest().target()).isEqualTo("/a");
    }

    @Test
    void a_get_falls_back_to_clear_http_where_tls_fails() throws IOException {
        secure(TestCertificates.selfSignedLeaf(NAME));

        assertThat(get("/a").status()).isEqualTo(200);

        assertThat(secure.requests()).isEmpty();
        assertThat(clear.onlyRequest().target()).isEqualTo("/a");
    }

    @Test
    void a_redirect_back_to_http_does_not_loop() throws IOException {
        secure(
                lab.authority().leaf(NAME),
                Step.forever(
                        Step.readRequest(),
                        Step.send(
                                "HTTP/1.1 301 Moved\r\nLocation: http://" + NAME + "/a\r\nContent-Length: 0\r\n\r\n")));

        RawClient.Response response = get("/a");

        assertThat(response.status()).as(response::toString).isEqualTo(200);
        assertThat(clear.requests()).hasSize(1);
        assertThat(secure.requests()).hasSize(1);
        assertThat(get("/a").status()).isEqualTo(200);
        assertThat(secure.requests()).as("learned: clear").hasSize(1);
    }

    @Test
    void a_post_is_sent_once_whatever_is_known() throws IOException {
        secure(lab.authority().leaf(NAME));

        assertThat(post("/pay").status()).isEqualTo(200);

        assertThat(secure.requests().size() + clear.requests().size()).isEqualTo(1);
    }

    @Test
    void a_post_is_sent_once_though_the_origin_dies_of_it() throws IOException {
        secure(lab.authority().leaf(NAME), Step.readRequest(), Step.reset());
        clear.close();
        clear = ScriptedOrigin.clear()
                .at(address, 80)
                .script(Step.readRequest(), Step.reset())
                .start();

        assertThat(post("/pay").status()).isEqualTo(502);

        assertThat(secure.requests().size() + clear.requests().size()).isEqualTo(1);
    }

    @Test
    void a_post_follows_what_a_get_has_learned() throws IOException {
        secure(lab.authority().leaf(NAME));
        get("/a");

        assertThat(post("/pay").status()).isEqualTo(200);

        assertThat(secure.requests()).hasSize(2);
        assertThat(clear.connections()).isZero();
    }

    @Test
    void the_scheme_directive_http_is_never_upgraded() throws IOException {
        secure(lab.authority().leaf(NAME));

        assertThat(get("/a", "X-Hotpool-Scheme: http").status()).isEqualTo(200);

        assertThat(clear.requests()).hasSize(1);
        assertThat(secure.connections()).isZero();
    }

    @Test
    void the_scheme_directive_https_goes_out_over_tls_on_the_port_of_the_url() throws IOException {
        try (ScriptedOrigin other = ScriptedOrigin.tls(lab.authority().leaf(NAME))
                        .at(address, 0)
                        .start();
                RawClient client = new RawClient(daemon.proxy())) {
            String host = NAME + ":" + other.port();

            assertThat(client.get("http://" + host + "/a", "Host: " + host, "X-Hotpool-Scheme: https")
                            .status())
                    .isEqualTo(200);

            assertThat(other.onlyRequest().target()).isEqualTo("/a");
        }
    }

    @Test
    void another_port_stays_clear() throws IOException {
        try (ScriptedOrigin other = ScriptedOrigin.clear().at(address, 0).start();
                RawClient client = new RawClient(daemon.proxy())) {
            String host = NAME + ":" + other.port();

            assertThat(client.get("http://" + host + "/a", "Host: " + host).status())
                    .isEqualTo(200);

            assertThat(other.requests()).hasSize(1);
        }
    }

    private void secure(Identity identity, Step... script) {
        ScriptedOrigin.Builder builder = ScriptedOrigin.tls(identity).at(address, 443);
        secure = (script.length == 0 ? builder : builder.script(script)).start();
    }

    private RawClient.Response get(String path, String... lines) throws IOException {
        try (RawClient client = new RawClient(daemon.proxy())) {
            String[] all = new String[lines.length + 1];
            all[0] = "Host: " + NAME;
            System.arraycopy(lines, 0, all, 1, lines.length);
            return client.get("http://" + NAME + path, all);
        }
    }

    private RawClient.Response post(String path) throws IOException {
        try (RawClient client = new RawClient(daemon.proxy())) {
            client.send(
                    "POST http://" + NAME + path + " HTTP/1.1\r\nHost: " + NAME + "\r\nContent-Length: 5\r\n\r\nhello");
            return client.readResponse("POST");
        }
    }
}
