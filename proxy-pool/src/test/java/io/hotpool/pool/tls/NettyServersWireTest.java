package io.hotpool.pool.tls;

import static io.hotpool.pool.tls.TlsClientFixture.CHROMIUM;
import static io.hotpool.pool.tls.TlsClientFixture.FIREFOX;
import static io.hotpool.pool.tls.TlsClientFixture.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Authority;
import io.hotpool.pool.testing.TestCertificates.Identity;
import io.hotpool.pool.tls.TlsClientFixture.Connection;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.OpenSslCertificateCompressionAlgorithm;
import io.netty.handler.ssl.OpenSslCertificateCompressionConfig;
import io.netty.handler.ssl.OpenSslCertificateCompressionConfig.AlgorithmMode;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Against BoringSSL and the JDK's TLS, in this process. */
class NettyServersWireTest {
    private static final Authority CA = TestCertificates.authority("Netty CA");
    private static final Identity LEAF = CA.intermediate("Middle").leaf(HOST);

    private final TlsClientFixture client = new TlsClientFixture(CA);

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @CsvSource({
        "OPENSSL, chromium-156, TLSv1.3", "OPENSSL, firefox-153, TLSv1.3", "OPENSSL, chromium-156, TLSv1.2",
        "JDK, chromium-156, TLSv1.3", "JDK, firefox-153, TLSv1.3", "JDK, firefox-153, TLSv1.2"
    })
    void a_megabyte_goes_there_and_back(SslProvider provider, String profile, String version) throws Exception {
        try (NettyServer server = new NettyServer(context(provider, version))) {
            Connection connection = client.connect(TlsClientFixture.profile(profile), server.port());
            assertThat(connection.facts().version()).isEqualTo(version);
            connection.channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[1 << 20]));

            connection.awaitBytes(1 << 20);
            connection.close();
            assertThat(connection.faults()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"OPENSSL", "JDK"})
    void tickets_are_taken_up(SslProvider provider) throws Exception {
        try (NettyServer server = new NettyServer(context(provider, "TLSv1.3"))) {
            for (int i = 0; i < 3; i++) {
                Connection connection = client.connect(CHROMIUM, server.port());
                assertThat(connection.facts().resumed()).isEqualTo(i > 0);
                connection.send("ping");
                connection.awaitText("ping");
                connection.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"chromium-156, 2", "firefox-153, 1", "firefox-153, 2", "firefox-153, 3"})
    void a_compressed_certificate_is_read(String profile, int algorithm) throws Exception {
        Compression compression = new Compression(algorithm, false);
        try (NettyServer server = new NettyServer(compressing(compression))) {
            Connection connection = client.connect(TlsClientFixture.profile(profile), server.port());
            connection.facts();

            assertThat(compression.used).hasValue(1);
            connection.close();
        }
    }

    @Test
    void a_compressed_certificate_that_is_rubbish_is_refused() throws Exception {
        try (NettyServer server = new NettyServer(compressing(new Compression(2, true)))) {
            Connection connection = client.connect(CHROMIUM, server.port());

            assertThat(connection.fault().kind()).isEqualTo(FaultKind.TLS_FAILED);
            assertThat(connection.fault().detail()).contains("bad_certificate (42)");
            connection.awaitClosed();
            assertThat(connection.faults()).isOne();
        }
    }

    @Test
    void a_wrong_host_ends_the_handshake_once_with_its_cause() throws Exception {
        try (NettyServer server = new NettyServer(context(SslProvider.OPENSSL, "TLSv1.3"))) {
            Connection connection = client.connect(
                    TlsClientFixture.request(FIREFOX, "other.example.test", server.port(), TlsRequest.Form.FIRST));

            assertThat(connection.fault().kind()).isEqualTo(FaultKind.TLS_CERTIFICATE);
            assertThat(connection.fault().detail()).contains("not other.example.test, but " + HOST);
            connection.awaitClosed();
            assertThat(connection.faults()).isOne();
        }
    }

    @Test
    void the_hello_that_was_sent_is_among_the_facts() throws Exception {
        try (NettyServer server = new NettyServer(context(SslProvider.OPENSSL, "TLSv1.3"))) {
            Connection connection = client.connect(CHROMIUM, server.port());
            byte[] hello = connection.facts().clientHello();

            assertThat(hello[0]).isOne();
            assertThat((hello[1] & 0xff) << 16 | (hello[2] & 0xff) << 8 | hello[3] & 0xff)
                    .isEqualTo(hello.length - 4);
            connection.close();
        }
    }

    private static SslContext context(SslProvider provider, String version) throws SSLException {
        return SslContextBuilder.forServer(LEAF.key(), LEAF.chain())
                .sslProvider(provider)
                .protocols(version)
                .build();
    }

    private static SslContext compressing(Compression compression) throws SSLException {
        return SslContextBuilder.forServer(LEAF.key(), LEAF.chain())
                .sslProvider(SslProvider.OPENSSL)
                .protocols("TLSv1.3")
                .option(
                        OpenSslContextOption.CERTIFICATE_COMPRESSION_ALGORITHMS,
                        OpenSslCertificateCompressionConfig.newBuilder()
                                .addAlgorithm(compression, AlgorithmMode.Compress)
                                .build())
                .build();
    }

    private static final class Compression implements OpenSslCertificateCompressionAlgorithm {
        private final int algorithm;
        private final boolean rubbish;
        private final AtomicInteger used = new AtomicInteger();

        Compression(int algorithm, boolean rubbish) {
            this.algorithm = algorithm;
            this.rubbish = rubbish;
        }

        @Override
        public byte[] compress(SSLEngine engine, byte[] certificate) throws Exception {
            used.incrementAndGet();
            return rubbish ? new byte[100] : CompressedCertificateTest.compress(algorithm, certificate);
        }

        @Override
        public byte[] decompress(SSLEngine engine, int length, byte[] compressed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int algorithmId() {
            return algorithm;
        }
    }
}
