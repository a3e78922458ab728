package io.hotpool.server.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.http.RequestKind;
import io.hotpool.server.intercept.CertificateAuthority;
import io.hotpool.server.learn.Observations;
import io.hotpool.server.learn.SeenHello;
import io.hotpool.server.learn.SeenRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The capture's port with clients that are no browsers. */
@Timeout(60)
class CaptureServerTest {
    private static final String SITE = "capture.localhost";

    private final CertificateAuthority authority = CertificateAuthority.ephemeral(Clock.systemUTC());
    private CaptureServer server;
    private SSLContext tls;

    @BeforeEach
    void start() throws Exception {
        server =
                new CaptureServer(authority, new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), Steps.of(8));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "root",
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(authority.der())));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void plain_http_says_what_to_do_and_has_the_certificate() throws IOException {
        assertThat(plain("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .contains("200 OK", "/ca.crt", server.url());
        assertThat(plain("GET /ca.crt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .contains("application/x-x509-ca-cert", authority.pem().strip());
        assertThat(plain("GET http://capture.hotpool.internal/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .contains("200 OK", server.proxiedUrl());
    }

    @Test
    void as_a_proxy_it_reaches_nothing_but_itself() throws IOException {
        assertThat(plain("CONNECT www.example.com:443 HTTP/1.1\r\nHost: www.example.com\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(plain("GET http://www.example.com/ HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 502")
                .contains("nothing but its own pages");
    }

    @Test
    void a_request_is_recorded_with_its_kind_order_and_casing_and_with_its_hello() throws IOException {
        try (SSLSocket socket = open("h1." + SITE, plainSocket())) {
            String head = "GET / HTTP/1.1\r\nHOST: h1." + SITE + "\r\nUser-agent: Tester/1.0\r\naccept: */*\r\n\r\n";
            assertThat(ask(socket, head)).startsWith("HTTP/1.1 200").contains("text/html");
        }

        Observations seen = server.observations();
        assertThat(seen.hellos()).hasSize(1);
        assertThat(seen.requests()).hasSize(1);
        SeenRequest request = seen.requests().get(0);
        assertThat(request.kind()).isEqualTo(RequestKind.NAVIGATE);
        assertThat(request.fields())
                .extracting(field -> field.name() + "=" + field.value())
                .containsExactly("HOST=h1." + SITE, "User-agent=Tester/1.0", "accept=*/*");
    }

    @Test
    void a_browser_that_has_it_as_its_proxy_is_recorded_too() throws IOException {
        Socket socket = plainSocket();
        String host = "h1.capture.hotpool.internal";
        socket.getOutputStream()
                .write(("CONNECT " + host + ":443 HTTP/1.1\r\nHost: " + host + ":443\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 200");

        try (SSLSocket inside = open(host, socket)) {
            assertThat(ask(inside, "GET /done HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                    .contains("Done");
        }

        assertThat(server.done()).isCompleted();
        assertThat(server.observations().hellos()).hasSize(1);
    }

    @Test
    void a_name_that_asks_for_another_key_share_gets_a_second_hello() throws Exception {
        assertThatThrownBy(() -> open("hrr0." + SITE, plainSocket())).isInstanceOf(SSLException.class);

        await().untilAsserted(() -> assertThat(server.observations().hellos())
                .extracting(SeenHello::second)
                .doesNotContainNull());
        SeenHello hello = server.observations().hellos().get(0);
        assertThat(hello.second()).isNotNull();
        assertThat(hello.second().keyShareGroups())
                .hasSize(1)
                .doesNotContainAnyElementsOf(hello.first().keyShareGroups());
        assertThat(server.progress().reached()).isOne();
    }

    @Test
    void a_name_for_tls_1_2_speaks_tls_1_2() throws IOException {
        try (SSLSocket socket = open("tls12-0." + SITE, plainSocket())) {
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
        }
    }

    @Test
    void a_second_request_to_a_broken_name_ends_without_an_answer_and_the_next_hello_is_a_retry() throws IOException {
        String get = "GET /keep HTTP/1.1\r\nHost: x\r\n\r\n";
        try (SSLSocket socket = open("h1-broken0." + SITE, plainSocket())) {
            assertThat(ask(socket, get)).startsWith("HTTP/1.1 200");
            assertThat(ask(socket, get)).isEmpty();
        }
        try (SSLSocket socket = open("h1-broken0." + SITE, plainSocket())) {
            assertThat(ask(socket, get)).startsWith("HTTP/1.1 200");
        }

        assertThat(server.observations().hellos())
                .extracting(SeenHello::retried)
                .containsExactly(false, true);
    }

    @Test
    void a_client_that_does_not_trust_the_certificate_is_told_of() throws Exception {
        SSLContext untrusting = SSLContext.getInstance("TLS");
        untrusting.init(null, null, null);
        assertThatThrownBy(() -> open(untrusting, "www." + SITE, plainSocket())).isInstanceOf(SSLException.class);

        await().untilAsserted(() -> assertThat(server.progress().problem()).isNotEmpty());
    }

    @Test
    void noise_does_no_harm() throws IOException {
        try (Socket socket = plainSocket()) {
            socket.getOutputStream().write(new byte[] {22, 3, 1, 0, 4, 9, 9, 9, 9});
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }

        plain_http_says_what_to_do_and_has_the_certificate();
        assertThat(server.observations().hellos()).isEmpty();
    }

    @Test
    void fewer_connections_than_teach_anything_are_refused() {
        assertThatThrownBy(() -> Steps.of(3)).hasMessageContaining("at least 8");
    }

    private Socket plainSocket() throws IOException {
        Socket socket = new Socket("127.0.0.1", server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private SSLSocket open(String host, Socket socket) throws IOException {
        return open(tls, host, socket);
    }

    private static SSLSocket open(SSLContext context, String host, Socket socket) throws IOException {
        SSLSocket inside = (SSLSocket) context.getSocketFactory().createSocket(socket, host, 443, true);
        SSLParameters parameters = inside.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(host)));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        inside.setSSLParameters(parameters);
        inside.startHandshake();
        return inside;
    }

    private String plain(String request) throws IOException {
        try (Socket socket = plainSocket()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Head and body by its length; empty when the connection ends instead. */
    private static String ask(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        String head = head(socket.getInputStream());
        if (head.isEmpty()) {
            return "";
        }
        int length = Integer.parseInt(head.replaceFirst("(?is).*content-length: (\\d+).*", "$1"));
        return head + new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                return "";
            }
            head.append((char) c);
        }
        return head.toString();
    }
}
