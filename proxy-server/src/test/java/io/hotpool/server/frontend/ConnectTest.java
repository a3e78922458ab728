package io.hotpool.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.server.config.PasswordHash;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.RawClient.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Raw bytes of clients against the proxy port: CONNECT, what comes inside, and SOCKS5. */
@Timeout(30)
class ConnectTest {
    private static final String HASH = PasswordHash.of("secret".toCharArray());

    private ProxyUnderTest proxy = new ProxyUnderTest("[[rule]]\nhost = \"tunnel.example\"\ntunnel = true\n");

    /** The first ClientHello of a process takes long, and a client that is silent for 300 ms has its target dialled. */
    @BeforeAll
    static void sayHello() throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine("a.example", 443);
        engine.setUseClientMode(true);
        engine.wrap(
                ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    @Test
    void tls_inside_is_terminated_with_a_leaf_and_the_request_goes_to_the_origin() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("CONNECT a.example:8443 HTTP/1.0\r\nX-Hotpool-Session: s\r\nProxy-Authorization: Basic "
                    + Base64.getEncoder().encodeToString("bob-profile-firefox:x".getBytes(StandardCharsets.UTF_8))
                    + "\r\n\r\n");
            assertThat(client.readResponse("CONNECT").status()).isEqualTo(200);
            client.tls(proxy.trust(), "a.example");
            Response response = client.request("GET", "/x", "Host: a.example:8443", "Proxy-Authorization: secret");
            assertThat(response.text()).isEqualTo("GET /x");
        }
        FakePool.Call call = proxy.pool.last();
        assertThat(call.head.origin().toString()).isEqualTo("https://a.example:8443");
        assertThat(call.head.headers()).isEqualTo(HeaderList.of("Host", ""));
        assertThat(call.options.session()).isEqualTo("s");
        assertThat(call.options.profile().browser()).isEqualTo("firefox");
        await().until(() -> !proxy.ended.isEmpty());
        assertThat(proxy.ended.get(0).form()).isEqualTo("intercept");
        assertThat(proxy.ended.get(0).user()).isEqualTo("bob");
    }

    @Test
    void another_server_name_than_the_tunnels_is_not_recognised_and_nothing_is_dialled() throws Exception {
        try (RawClient client = proxy.client()) {
            client.connect("a.example:443");
            assertThatThrownBy(() -> client.tls(proxy.trust(), "b.example"))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("unrecognized_name");
        }
        assertThat(proxy.pool.calls).isEmpty();
        assertThat(proxy.pool.dialled).isEmpty();
    }

    @Test
    void a_tunnel_to_an_address_takes_its_name_from_server_name() throws Exception {
        try (RawClient client = proxy.client()) {
            client.connect("192.0.2.7:443").tls(proxy.trust(), "a.example");
            assertThat(client.request("GET", "/", "Host: a.example").status()).isEqualTo(200);
        }
        assertThat(proxy.pool.last().head.origin().toString()).isEqualTo("https://a.example");
        assertThat(proxy.pool.last().options.address()).isEqualTo(InetAddress.getByName("192.0.2.7"));
    }

    @Test
    void a_request_for_another_host_inside_is_misdirected() throws Exception {
        try (RawClient client = proxy.client()) {
            client.connect("a.example:443").tls(proxy.trust(), "a.example");
            assertThat(client.request("GET", "/", "Host: b.example").status()).isEqualTo(421);
            assertThat(client.request("GET", "/", "Host: a.example:444").status())
                    .isEqualTo(421);
            assertThat(client.request("GET", "https://b.example/", "Host: a.example")
                            .status())
                    .isEqualTo(421);
            assertThat(client.request("GET", "/", "Host: A.example:443").status())
                    .isEqualTo(200);
        }
        assertThat(proxy.pool.calls).hasSize(1);
    }

    @Test
    void a_client_hello_that_claims_16_MiB_is_cut_at_once() throws Exception {
        try (RawClient client = proxy.client()) {
            client.connect("a.example:443");
            byte[] record = new byte[16384 + 5];
            record[0] = 22;
            record[1] = 3;
            record[2] = 1;
            record[3] = 0x40;
            record[5] = 1;
            record[6] = (byte) 0xff;
            record[7] = (byte) 0xff;
            record[8] = (byte) 0xff;
            long start = System.nanoTime();
            client.send(record);
            assertThat(client.closed()).isTrue();
            assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
        }
    }

    @Test
    void clear_http_inside_is_read_even_in_the_segment_of_the_connect() throws IOException {
        try (RawClient client = proxy.client()) {
            client.send("CONNECT a.example:80 HTTP/1.1\r\nHost: a.example:80\r\n\r\n"
                    + "GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n");
            assertThat(client.readResponse("CONNECT").status()).isEqualTo(200);
            assertThat(client.readResponse().text()).isEqualTo("GET /x");
        }
        assertThat(proxy.pool.last().head.origin().toString()).isEqualTo("http://a.example");
    }

    @Test
    void anything_else_is_tunnelled_with_half_close() throws Exception {
        try (ServerSocket origin = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawClient client = proxy.client()) {
            client.connect("a.example:" + origin.getLocalPort()).send("SSH-2.0-x\r\n");
            try (Socket accepted = origin.accept()) {
                InputStream in = accepted.getInputStream();
                assertThat(in.readNBytes(11)).asString().isEqualTo("SSH-2.0-x\r\n");
                client.socket().shutdownOutput();
                assertThat(in.read()).isEqualTo(-1);
                byte[] much = new byte[3_000_000];
                accepted.getOutputStream().write(much);
                accepted.shutdownOutput();
                assertThat(client.exactly(much.length)).isEqualTo(much);
                assertThat(client.closed()).isTrue();
            }
        }
        await().until(() -> !proxy.ended.isEmpty());
        assertThat(proxy.ended.get(0).form()).isEqualTo("tunnel");
        assertThat(proxy.ended.get(0).bytesIn()).isEqualTo(11);
        assertThat(proxy.ended.get(0).bytesOut()).isEqualTo(3_000_000);
    }

    @Test
    void after_300_ms_of_silence_the_server_may_speak_first() throws Exception {
        try (ServerSocket origin = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawClient client = proxy.client()) {
            client.connect("a.example:" + origin.getLocalPort());
            try (Socket accepted = origin.accept()) {
                accepted.getOutputStream().write("220 hello\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(client.exactly(11)).asString().isEqualTo("220 hello\r\n");
            }
        }
    }

    @Test
    void tls_and_clear_http_that_come_late_are_still_read_and_the_unused_dial_is_closed() throws Exception {
        try (ServerSocket origin = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawClient tls = proxy.client();
                RawClient clear = proxy.client()) {
            String host = "a.example:" + origin.getLocalPort();
            tls.connect(host);
            try (Socket accepted = origin.accept()) {
                tls.send(new byte[0]).tls(proxy.trust(), "a.example");
                assertThat(tls.request("GET", "/tls", "Host: " + host).text()).isEqualTo("GET /tls");
                assertThat(accepted.getInputStream().read()).isEqualTo(-1);
            }
            clear.connect(host);
            try (Socket accepted = origin.accept()) {
                assertThat(clear.request("GET", "/clear", "Host: " + host).text())
                        .isEqualTo("GET /clear");
                assertThat(accepted.getInputStream().read()).isEqualTo(-1);
            }
        }
        assertThat(proxy.pool.calls)
                .extracting(call -> call.head.origin().scheme())
                .containsExactly("https", "http");
        assertThat(proxy.ended).extracting(ExchangeObserver.Ended::form).containsOnly("intercept", "connect-plain");
    }

    @Test
    void once_the_server_has_spoken_even_tls_belongs_to_it() throws Exception {
        byte[] hello = {22, 3, 1, 0, 1, 1};
        try (ServerSocket origin = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawClient client = proxy.client()) {
            client.connect("a.example:" + origin.getLocalPort());
            try (Socket accepted = origin.accept()) {
                accepted.getOutputStream().write(new byte[] {'2', '2', '0'});
                assertThat(client.exactly(3)).asString().isEqualTo("220");
                client.send(hello);
                assertThat(accepted.getInputStream().readNBytes(6)).isEqualTo(hello);
            }
        }
    }

    @Test
    void other_bytes_that_come_late_are_tunnelled_even_too_few_to_tell() throws Exception {
        try (ServerSocket origin = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawClient client = proxy.client()) {
            client.connect("a.example:" + origin.getLocalPort());
            try (Socket accepted = origin.accept()) {
                client.send("GE");
                assertThat(accepted.getInputStream().readNBytes(2)).asString().isEqualTo("GE");
                accepted.getOutputStream().write('!');
                assertThat(client.exactly(1)).asString().isEqualTo("!");
            }
        }
    }

    @Test
    void a_rule_tunnels_even_tls_and_says_502_when_the_origin_refuses() throws Exception {
        int free;
        try (ServerSocket origin = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawClient client = proxy.client()) {
            free = origin.getLocalPort();
            client.connect("tunnel.example:" + free).send(new byte[] {22, 3, 1, 0, 1, 1});
            try (Socket accepted = origin.accept()) {
                assertThat(accepted.getInputStream().readNBytes(6)).containsExactly(22, 3, 1, 0, 1, 1);
            }
        }
        try (RawClient client = proxy.client()) {
            client.send("CONNECT tunnel.example:" + free + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(502);
        }
    }

    @Test
    void forbidden_ports_are_refused_with_nothing_dialled() throws IOException {
        try (RawClient client = proxy.client()) {
            client.send("CONNECT a.example:25 HTTP/1.1\r\nHost: a.example:25\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(403);
        }
        assertThat(proxy.pool.dialled).isEmpty();
    }

    @Test
    void users_must_show_their_password() throws IOException {
        proxy.close();
        proxy = new ProxyUnderTest("[proxy]\nplain_http = \"always\"\nusers = [{ name = \"alice\", password_hash = \""
                + HASH + "\", profile = \"firefox\" }]\n");
        try (RawClient client = proxy.client()) {
            Response asked = client.get("http://a.example/", "Host: x");
            assertThat(asked.status()).isEqualTo(407);
            assertThat(asked.header("Proxy-Authenticate")).startsWith("Basic");
            assertThat(client.get("http://a.example/", "Host: x", basic("alice:wrong"))
                            .status())
                    .isEqualTo(407);
            assertThat(client.get("http://a.example/", "Host: x", basic("bob:secret"))
                            .status())
                    .isEqualTo(407);
            assertThat(client.get("http://a.example/", "Host: x", basic("alice-session-4-2:secret"))
                            .status())
                    .isEqualTo(200);
        }
        assertThat(proxy.pool.calls).hasSize(1);
        assertThat(proxy.pool.last().options.session()).isEqualTo("4-2");
        assertThat(proxy.pool.last().options.profile().browser()).isEqualTo("firefox");
    }

    private static String basic(String credentials) {
        return "Proxy-Authorization: Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void socks5_with_a_user_name_leads_to_the_same_inside() throws IOException {
        try (RawClient client = proxy.client()) {
            client.send(new byte[] {5, 2, 0, 2});
            assertThat(client.exactly(2)).containsExactly(5, 2);
            byte[] user = "any-session-7".getBytes(StandardCharsets.US_ASCII);
            client.send(new byte[] {1, (byte) user.length}).send(user).send(new byte[] {1, 'x'});
            assertThat(client.exactly(2)).containsExactly(1, 0);
            byte[] host = "a.example".getBytes(StandardCharsets.US_ASCII);
            client.send(new byte[] {5, 1, 0, 3, (byte) host.length}).send(host).send(new byte[] {0, 80});
            assertThat(client.exactly(10)).startsWith(5, 0);
            client.send("GET /s HTTP/1.1\r\nHost: a.example\r\n\r\n");
            assertThat(client.readResponse().text()).isEqualTo("GET /s");
        }
        assertThat(proxy.pool.last().options.session()).isEqualTo("7");
    }

    @Test
    void socks5_to_a_forbidden_port_is_not_allowed() throws IOException {
        try (RawClient client = proxy.client()) {
            client.send(new byte[] {5, 1, 0});
            assertThat(client.exactly(2)).containsExactly(5, 0);
            client.send(new byte[] {5, 1, 0, 1, (byte) 192, 0, 2, 1, 0, 25});
            assertThat(client.exactly(10)).startsWith(5, 2);
        }
    }

    @Test
    void tls_to_the_proxy_port_itself_is_explained() throws IOException {
        try (RawClient client = proxy.client()) {
            client.send(new byte[] {22, 3, 1, 0, 1, 1});
            assertThat(client.readResponse().text()).contains("begins with http://");
        }
    }
}
