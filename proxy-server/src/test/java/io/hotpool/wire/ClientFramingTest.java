package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that two parsers could read differently do not pass: refused, closed, and the origin saw nothing. */
class ClientFramingTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    private ScriptedOrigin origin;
    private String target;
    private String host;

    @BeforeEach
    void startOrigin() {
        origin = ScriptedOrigin.clear().start();
        host = Lab.HOST + ":" + origin.port();
        target = "http://" + host + "/x";
    }

    @AfterEach
    void stopOrigin() {
        origin.close();
    }

    @Test
    @Tag("check-01")
    void content_length_beside_transfer_encoding_is_refused() throws IOException {
        refused("POST " + target + " HTTP/1.1\r\nHost: " + host
                + "\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nContent-Length: 6",
                "Content-Length: 5\r\nContent-Length: 5",
                "Content-Length: 5, 5"
            })
    @Tag("check-02")
    void two_content_lengths_are_refused(String lines) throws IOException {
        refused("POST " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + lines + "\r\n\r\nhello!");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gzip, chunked", "chunked, chunked", "identity", "chunked, gzip", "xchunked", "chunked;q=1"})
    @Tag("check-03")
    void a_transfer_coding_other_than_chunked_is_refused(String coding) throws IOException {
        refused(
                "POST " + target + " HTTP/1.1\r\nHost: " + host + "\r\nTransfer-Encoding: " + coding
                        + "\r\n\r\n0\r\n\r\n",
                400,
                501);
    }

    @Test
    @Tag("check-04")
    void transfer_encoding_in_an_http_1_0_request_is_refused() throws IOException {
        refused("POST " + target + " HTTP/1.0\r\nHost: " + host + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    }

    static Stream<String> headsWithBadBytes() {
        return Stream.of("\r", "\0", "\n")
                .flatMap(bad -> Stream.of(
                        "G" + bad + "ET TARGET HTTP/1.1\r\nHost: HOST\r\n\r\n",
                        "GET TARGET" + bad + "x HTTP/1.1\r\nHost: HOST\r\n\r\n",
                        "GET TARGET HTTP/1.1" + bad + "\r\nHost: HOST\r\n\r\n",
                        "GET TARGET HTTP/1.1\r\nHo" + bad + "st: HOST\r\n\r\n",
                        "GET TARGET HTTP/1.1\r\nHost: HOST\r\nX-A: a" + bad + "b\r\n\r\n",
                        "GET TARGET HTTP/1.1\r\nHost: HOST\r\nX-A: a" + bad + "\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("headsWithBadBytes")
    @Tag("check-05")
    void a_bare_cr_a_nul_or_a_bare_lf_in_a_head_is_refused(String head) throws IOException {
        refused(head.replace("TARGET", target).replace("HOST", host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-A: a\r\n b", "X-A: a\r\n\tb", " X-A: a"})
    @Tag("check-06")
    void a_folded_header_line_is_refused(String lines) throws IOException {
        refused("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + lines + "\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0x3\r\n",
                "+3\r\n",
                "-1\r\n",
                " 3\r\n",
                "3 \r\n",
                "00000000000000003\r\n",
                "3;a\n",
                "\r\n",
                "g\r\n"
            })
    @Tag("check-07")
    void a_malformed_chunk_size_is_refused_and_no_second_request_is_read_from_it(String line) throws IOException {
        try (RawClient client = lab.client()) {
            client.send("POST " + target + " HTTP/1.1\r\nHost: " + host + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + line + "abc\r\n0\r\n\r\nGET " + target + "second HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

            assertThat(client.readResponse("POST").status()).isEqualTo(400);
            assertThat(client.closed()).isTrue();
        }
        assertThat(origin.requests()).extracting(r -> r.target()).doesNotContain("/xsecond");
        assertThat(origin.bodies()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: HOST\r\nHost: HOST\r\n", "", "Host: a/b?c@d\r\n", "Host: a b\r\n", "Host: a,b\r\n"})
    @Tag("check-08")
    void two_hosts_none_or_an_invalid_one_are_refused(String lines) throws IOException {
        try (RawClient client = lab.client()) {
            client.send("GET " + target + " HTTP/1.1\r\n" + lines.replace("HOST", host) + "\r\n");
            assertThat(client.readResponse().status()).isEqualTo(400);
        }
        assertThat(origin.bytes()).isZero();
    }

    @Test
    @Tag("check-09")
    void the_host_of_the_target_wins_over_the_host_field() throws IOException {
        try (RawClient client = lab.client()) {
            assertThat(client.get(target, "Host: other.example.test").status()).isEqualTo(200);
        }
        assertThat(origin.onlyRequest().all("Host")).containsExactly(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://user:pw@HOST/x",
                "http://user@HOST/x",
                "http://HOST/x#fragment",
                "ftp://HOST/x",
                "//HOST/x",
                "/x",
                "http:///x",
                "http://HOST:0/x",
                "http://HOST:65536/x",
                "*",
                "HOST/x",
                "http:/HOST",
                "ht tp://HOST/"
            })
    @Tag("check-10")
    void a_target_that_is_no_plain_absolute_url_is_refused_in_clear_words(String form) throws IOException {
        try (RawClient client = lab.client()) {
            RawClient.Response response = client.get(form.replace("HOST", host), "Host: " + host);

            assertThat(response.status()).as(response::toString).isEqualTo(400);
            assertThat(response.header("Content-Type")).startsWith("application/problem+json");
            assertThat(response.text()).contains("\"detail\"");
        }
        assertThat(origin.bytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "www.example.test", "www.example.test:", "www.example.test:0", "www.example.test:65536",
                        "www.example.test:x",
                "http://www.example.test:PORT", "www.example.test:PORT/path", "/", "user@www.example.test:PORT",
                        ":PORT",
                "www.example.test:+80", "[::1:PORT"
            })
    @Tag("check-11")
    void a_connect_target_other_than_host_and_port_is_refused(String form) throws IOException {
        try (RawClient client = lab.client()) {
            String authority = form.replace("PORT", "" + origin.port());

            RawClient.Response response = client.request("CONNECT", authority, "Host: " + authority);

            assertThat(response.status()).as(response::toString).isEqualTo(400);
        }
        assertThat(origin.connections()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5", "Transfer-Encoding: chunked"})
    @Tag("check-11")
    void a_connect_with_a_body_is_refused(String line) throws IOException {
        try (RawClient client = lab.client()) {
            assertThat(client.request("CONNECT", host, "Host: " + host, line).status())
                    .isEqualTo(400);
            assertThat(client.closed()).isTrue();
        }
        assertThat(origin.connections()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "HTTP/3.0", "HTTP/11", "http/1.1", "XTTP/1.1", "HTTP/1.1 x"})
    @Tag("check-12")
    void another_version_in_the_request_line_is_refused(String version) throws IOException {
        refused("GET " + target + " " + version + "\r\nHost: " + host + "\r\n\r\n", 400, 505);
    }

    @Test
    @Tag("check-05")
    void a_tab_in_the_request_line_is_refused() throws IOException {
        refused("GET\t" + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        refused("GET " + target + "\tHTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    @Test
    @Tag("check-15")
    void header_fields_at_the_limit_pass_and_one_byte_more_is_431() throws IOException {
        String line = "GET " + target + " HTTP/1.1\r\n";
        String fields = "Host: " + host + "\r\nX-Fill: ";
        String fill = "f".repeat(64 * 1024 - fields.length() - 4);
        try (RawClient client = lab.client()) {
            client.send(line + fields + fill + "\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
            assertThat(origin.onlyRequest().header("X-Fill")).isEqualTo(fill);
        }
        try (RawClient client = lab.client()) {
            client.send(line + fields + fill + "f\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(431);
            assertThat(client.closed()).isTrue();
        }
        assertThat(origin.requests()).hasSize(1);
    }

    @Test
    @Tag("check-15")
    void a_request_line_at_the_limit_passes_and_one_byte_more_is_414() throws IOException {
        int limit = 16 * 1024;
        String line = "GET " + target + " HTTP/1.1";
        String end = "\r\nHost: " + host + "\r\n\r\n";
        try (RawClient client = lab.client()) {
            client.send("GET " + target + "p".repeat(limit - line.length()) + " HTTP/1.1" + end);
            assertThat(client.readResponse().status()).isEqualTo(200);
        }
        try (RawClient client = lab.client()) {
            client.send("GET " + target + "p".repeat(limit - line.length() + 1) + " HTTP/1.1" + end);
            assertThat(client.readResponse().status()).isEqualTo(414);
        }
        assertThat(origin.requests()).hasSize(1);
    }

    @Test
    @Tag("check-01")
    void the_same_holds_inside_an_intercepted_tunnel() throws IOException {
        try (ScriptedOrigin secure = ScriptedOrigin.tls(lab.leaf()).start();
                RawClient client = lab.intercepted(Lab.HOST + ":" + secure.port())) {
            client.send("POST /x HTTP/1.1\r\nHost: " + Lab.HOST + ":" + secure.port()
                    + "\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

            assertThat(client.readResponse("POST").status()).isEqualTo(400);
            assertThat(client.closed()).isTrue();
            assertThat(secure.bytes()).isZero();
        }
    }

    private void refused(String request, Integer... allowed) throws IOException {
        try (RawClient client = lab.client()) {
            client.send(request);
            RawClient.Response response = client.readResponse();
            assertThat(response.status()).as(response::toString).isIn((Object[])
                    (allowed.length == 0 ? new Integer[] {400} : allowed));
            assertThat(client.closed()).as("closed").isTrue();
        }
        assertThat(origin.bytes()).isZero();
    }
}
