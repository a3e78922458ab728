package io.hotpool.pool.tls;

import static io.hotpool.pool.tls.TlsClientFixture.CHROMIUM;
import static io.hotpool.pool.tls.TlsClientFixture.FIREFOX;
import static io.hotpool.pool.tls.TlsClientFixture.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Authority;
import io.hotpool.pool.testing.TestCertificates.Identity;
import io.hotpool.pool.tls.TlsClientFixture.Connection;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against {@code openssl s_server}. */
class OpensslWireTest {
    private static final Authority CA = TestCertificates.authority("Wire CA");
    private static final Identity EC = CA.leaf(HOST);
    private static final Identity RSA = CA.rsaLeaf(HOST);

    @TempDir
    Path dir;

    private final TlsClientFixture client = new TlsClientFixture(CA);

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @CsvSource({
        "chromium-156, TLS_AES_128_GCM_SHA256",
        "chromium-156, TLS_AES_256_GCM_SHA384",
        "chromium-156, TLS_CHACHA20_POLY1305_SHA256",
        "firefox-153,  TLS_AES_128_GCM_SHA256",
        "firefox-153,  TLS_AES_256_GCM_SHA384",
        "firefox-153,  TLS_CHACHA20_POLY1305_SHA256",
    })
    void every_suite_of_tls13_carries_data(String profile, String suite) throws Exception {
        try (OpensslServer server = OpensslServer.start(dir, EC, "-rev", "-ciphersuites", suite)) {
            Connection connection = client.connect(TlsClientFixture.profile(profile), server.port());

            assertThat(connection.facts().version()).isEqualTo("TLSv1.3");
            assertThat(connection.facts().cipherSuite()).isEqualTo(suite);
            connection.send("hello\n");
            connection.awaitText("olleh\n");
            connection.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "chromium-156, ECDHE-ECDSA-AES128-GCM-SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "chromium-156, ECDHE-RSA-AES128-GCM-SHA256,   TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "chromium-156, ECDHE-ECDSA-AES256-GCM-SHA384, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "chromium-156, ECDHE-RSA-AES256-GCM-SHA384,   TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "chromium-156, ECDHE-ECDSA-CHACHA20-POLY1305, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "chromium-156, ECDHE-RSA-CHACHA20-POLY1305,   TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        "chromium-156, ECDHE-RSA-AES128-SHA,          TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        "chromium-156, ECDHE-RSA-AES256-SHA,          TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        "chromium-156, AES128-GCM-SHA256,             TLS_RSA_WITH_AES_128_GCM_SHA256",
        "chromium-156, AES256-GCM-SHA384,             TLS_RSA_WITH_AES_256_GCM_SHA384",
        "chromium-156, AES128-SHA,                    TLS_RSA_WITH_AES_128_CBC_SHA",
        "chromium-156, AES256-SHA,                    TLS_RSA_WITH_AES_256_CBC_SHA",
        "firefox-153,  ECDHE-ECDSA-AES256-SHA,        TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    })
    void every_suite_of_tls12_carries_data(String profile, String cipher, String suite) throws Exception {
        Identity identity = cipher.contains("ECDSA") ? EC : RSA;
        try (OpensslServer server = OpensslServer.start(dir, identity, "-rev", "-tls1_2", "-cipher", cipher)) {
            Connection connection = client.connect(TlsClientFixture.profile(profile), server.port());

            assertThat(connection.facts().version()).isEqualTo("TLSv1.2");
            assertThat(connection.facts().cipherSuite()).isEqualTo(suite);
            connection.send("hello\n");
            connection.awaitText("olleh\n");
            connection.close();
            connection.awaitClosed();
            assertThat(connection.faults()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "chromium-156, P-384",
        "firefox-153,  P-384",
        "firefox-153,  P-521",
        "firefox-153,  ffdhe2048",
        "firefox-153,  ffdhe3072",
    })
    void a_group_without_a_share_is_reached_by_hello_retry(String profile, String group) throws Exception {
        try (OpensslServer server = OpensslServer.start(dir, EC, "-rev", "-groups", group)) {
            BrowserProfile browser = TlsClientFixture.profile(profile);
            Connection first = client.connect(browser, server.port());
            assertThat(first.facts().resumed()).isFalse();
            first.send("hello\n");
            first.awaitText("olleh\n");
            first.close();

            Connection second = client.connect(browser, server.port());
            assertThat(second.facts().resumed()).isTrue();
            second.send("again\n");
            second.awaitText("niaga\n");
            second.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "chromium-156, -tls1_3, TLSv1.3",
        "chromium-156, -tls1_2, TLSv1.2",
        "firefox-153,  -tls1_3, TLSv1.3",
        "firefox-153,  -tls1_2, TLSv1.2",
    })
    void a_session_is_resumed_again_and_again(String profile, String option, String version) throws Exception {
        try (OpensslServer server = OpensslServer.start(dir, EC, "-rev", option)) {
            BrowserProfile browser = TlsClientFixture.profile(profile);
            for (int i = 0; i < 3; i++) {
                Connection connection = client.connect(browser, server.port());
                assertThat(connection.facts().version()).isEqualTo(version);
                assertThat(connection.facts().resumed()).isEqualTo(i > 0);
                connection.send("hello\n");
                connection.awaitText("olleh\n");
                connection.close();
            }
        }
    }

    @Test
    void keys_are_updated_when_the_server_asks() throws Exception {
        try (OpensslServer server = OpensslServer.start(dir, EC, "-tls1_3")) {
            Connection connection = client.connect(CHROMIUM, server.port());
            connection.facts();
            connection.send("before\n");
            server.await("before");
            server.type("K");
            server.await("SSL_do_handshake -> 1");
            server.type("after update");
            connection.awaitText("after update");
            connection.send("with new keys\n");
            server.await("with new keys");
            connection.close();
        }
    }

    @Test
    void a_server_that_is_too_old_is_refused() throws Exception {
        try (OpensslServer server = OpensslServer.start(dir, RSA, "-rev", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")) {
            Connection connection = client.connect(FIREFOX, server.port());

            assertThat(connection.fault().kind()).isEqualTo(FaultKind.TLS_FAILED);
            assertThat(connection.fault().unprocessed()).isTrue();
            connection.awaitClosed();
            assertThat(connection.faults()).isOne();
        }
    }

    @Test
    void a_close_notify_is_a_clean_end() throws Exception {
        try (OpensslServer server = OpensslServer.start(dir, EC, "-www")) {
            Connection connection = client.connect(CHROMIUM, server.port());
            connection.send("GET / HTTP/1.0\r\n\r\n");
            connection.awaitText("HTTP/1.0 200 ok");

            connection.awaitCleanEnd();
            assertThat(connection.faults()).isZero();
        }
    }

    @Test
    void alpn_is_what_the_server_chose() throws Exception {
        try (OpensslServer server = OpensslServer.start(dir, EC, "-rev", "-alpn", "h2,http/1.1")) {
            Connection first = client.connect(CHROMIUM, server.port());
            assertThat(first.facts().alpn()).isEqualTo("h2");
            first.close();
            Connection socket =
                    client.connect(TlsClientFixture.request(CHROMIUM, HOST, server.port(), TlsRequest.Form.HTTP1_ONLY));
            assertThat(socket.facts().alpn()).isEqualTo("http/1.1");
            socket.close();
        }
    }
}
