package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.BouncyCastleServer;
import io.hotpool.wire.fixture.CompressingOrigin;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes in which the origin does what it must not. */
class OriginHandshakeTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    @ParameterizedTest
    @ValueSource(strings = {"-tls1", "-tls1_1"})
    @Tag("check-29")
    void an_origin_that_speaks_old_tls_only_is_a_502(String version) throws Exception {
        Path directory = lab.directory();
        var identity = lab.leaf();
        Process server = Program.named("openssl")
                .args("s_server", "-accept", "127.0.0.1:0", version, "-cipher", "ALL:@SECLEVEL=0", "-www")
                .args("-cert", identity.writeChain(directory), "-key", identity.writeKey(directory))
                .open();
        try {
            BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream()));
            String line = out.readLine();
            while (line != null && !line.startsWith("ACCEPT")) {
                line = out.readLine();
            }
            int port =
                    Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).trim());

            RawClient.Response response = get(port);

            assertThat(response.status()).as(response::toString).isEqualTo(502);
            assertThat(response.text()).contains("\"tls_failed\"");
        } finally {
            server.destroy();
            server.waitFor();
        }
    }

    @Test
    @Tag("check-29")
    void a_downgrade_sentinel_is_refused() throws IOException {
        BouncyCastleServer server = new BouncyCastleServer(lab.leaf()).downgrading();
        try (ScriptedOrigin origin =
                ScriptedOrigin.clear().script(server.script()).start()) {
            RawClient.Response response = get(origin.port());

            assertThat(response.status()).as(response::toString).isEqualTo(502);
            assertThat(response.text()).contains("\"tls_failed\"");
            assertThat(response.text()).contains("illegal_parameter");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"spdy/3", "h3", "h2 "})
    @Tag("check-31")
    void an_alpn_answer_that_was_not_offered_ends_the_handshake(String protocol) throws IOException {
        BouncyCastleServer server = new BouncyCastleServer(lab.leaf()).choosing(protocol);
        try (ScriptedOrigin origin =
                ScriptedOrigin.clear().script(server.script()).start()) {
            RawClient.Response response = get(origin.port());

            assertThat(response.status()).as(response::toString).isEqualTo(502);
            assertThat(response.text()).contains("\"tls_failed\"");
            assertThat(response.text()).contains("illegal_parameter");
        }
    }

    @Test
    @Tag("check-31")
    void an_alpn_answer_that_was_offered_is_taken() throws IOException {
        BouncyCastleServer server = new BouncyCastleServer(lab.leaf()).choosing("http/1.1");
        try (ScriptedOrigin origin =
                ScriptedOrigin.clear().script(server.script()).start()) {
            assertThat(get(origin.port()).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"firefox, 1"})
    @Tag("check-30")
    void an_honest_compressed_certificate_is_taken(String profile, int algorithm) throws IOException {
        try (CompressingOrigin origin = new CompressingOrigin(lab.leaf(), algorithm, OriginHandshakeTest::zlib)) {
            assertThat(get(origin.port(), "X-Hotpool-Profile: " + profile).status())
                    .isEqualTo(200);
            assertThat(origin.compressions()).isEqualTo(1);
        }
    }

    @Test
    @Tag("check-30")
    void a_compressed_certificate_that_lies_about_its_length_is_refused() throws IOException {
        try (CompressingOrigin shorter = new CompressingOrigin(
                        lab.leaf(), CompressingOrigin.ZLIB, c -> zlib(Arrays.copyOf(c, c.length - 1)));
                CompressingOrigin longer = new CompressingOrigin(
                        lab.leaf(), CompressingOrigin.ZLIB, c -> zlib(Arrays.copyOf(c, c.length + 1)));
                CompressingOrigin garbage =
                        new CompressingOrigin(lab.leaf(), CompressingOrigin.ZLIB, c -> new byte[] {1, 2, 3})) {
            for (CompressingOrigin origin : new CompressingOrigin[] {shorter, longer, garbage}) {
                RawClient.Response response = get(origin.port(), "X-Hotpool-Profile: firefox");

                assertThat(response.status()).as(response::toString).isEqualTo(502);
                assertThat(origin.compressions()).isPositive();
                assertThat(origin.requests()).isZero();
            }
        }
    }

    @Test
    @Tag("check-30")
    void a_certificate_bomb_is_refused() throws IOException {
        try (CompressingOrigin origin =
                new CompressingOrigin(lab.leaf(), CompressingOrigin.ZLIB, c -> zlib(new byte[12 << 20]))) {
            RawClient.Response response = get(origin.port(), "X-Hotpool-Profile: firefox");

            assertThat(response.status()).as(response::toString).isEqualTo(502);
            assertThat(origin.compressions()).isPositive();
            assertThat(origin.requests()).isZero();
        }
    }

    private static byte[] zlib(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
            deflater.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static RawClient.Response get(int port, String... lines) throws IOException {
        String host = Lab.HOST + ":" + port;
        try (RawClient client = lab.client()) {
            String[] all = Arrays.copyOf(lines, lines.length + 1);
            all[lines.length] = "Host: " + host;
            return client.get("https://" + host + "/", all);
        }
    }
}
