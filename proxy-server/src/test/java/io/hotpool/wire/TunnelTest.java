package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.wire.fixture.Body;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Step;
import io.hotpool.wire.fixture.Wait;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.IDN;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** CONNECT: opaque tunnels, interception, and the names that must agree. */
class TunnelTest {
    /** 1 GiB by {@code -Dhotpool.test.full}; a part of it otherwise. */
    private static final int TUNNEL_MIB = Boolean.getBoolean("hotpool.test.full") ? 1024 : 32;

    @RegisterExtension
    static final Lab lab = Lab.with(config -> config.host("opaque.example.test", "127.0.0.1")
            .host("xn--bcher-kva.example.test", "127.0.0.1")
            .rule("host = \"opaque.example.test\"", "tunnel = true"));

    @Test
    void a_client_whose_hello_comes_late_is_intercepted_all_the_same() throws Exception {
        try (ServerSocket origin = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawClient client = lab.client().connect(Lab.HOST + ":" + origin.getLocalPort());
                Socket dialled = origin.accept()) {
            client.tls(lab.trustingHotpool(), Lab.HOST, "http/1.1");

            assertThat(dialled.getInputStream().read()).isEqualTo(-1);
            client.send("GET / HTTP/1.1\r\nHost: " + Lab.OTHER + "\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(421);
        }
    }

    @Test
    @Tag("check-20")
    void a_tunnelled_host_shows_its_own_certificate_and_carries_bytes_unchanged_both_ways() throws Exception {
        var identity = lab.authority().leaf("opaque.example.test");
        try (ScriptedOrigin origin = ScriptedOrigin.tls(identity)
                        .script(peer -> {
                            byte[] block = new byte[65536];
                            for (int n = peer.in().read(block);
                                    n >= 0;
                                    n = peer.in().read(block)) {
                                peer.send(java.util.Arrays.copyOf(block, n));
                            }
                            peer.close();
                        })
                        .start();
                RawClient client = lab.client().connect("opaque.example.test:" + origin.port())) {
            client.tls(trustingEverything(), "opaque.example.test");
            X509Certificate shown =
                    (X509Certificate) ((SSLSocket) client.socket()).getSession().getPeerCertificates()[0];
            assertThat(shown).isEqualTo(identity.certificate());

            MessageDigest sent = Body.digest();
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                byte[] block = new byte[65536];
                Random random = new Random(20);
                for (int i = 0; i < TUNNEL_MIB * 16; i++) {
                    random.nextBytes(block);
                    sent.update(block);
                    try {
                        client.send(block);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            MessageDigest received = Body.digest();
            for (int i = 0; i < TUNNEL_MIB * 16; i++) {
                received.update(client.exactly(65536));
            }
            writer.get(30, TimeUnit.SECONDS);

            assertThat(HexFormat.of().formatHex(received.digest()))
                    .isEqualTo(HexFormat.of().formatHex(sent.digest()));
        }
    }

    @Test
    @Tag("check-20")
    void bytes_that_are_neither_tls_nor_http_are_tunnelled_and_half_close_is_kept() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.clear()
                        .script(peer -> {
                            ByteArrayOutputStream all = new ByteArrayOutputStream();
                            peer.in().transferTo(all);
                            peer.send(("got " + all.size()).getBytes());
                            peer.close();
                        })
                        .start();
                RawClient client = lab.client().connect(Lab.HOST + ":" + origin.port())) {
            client.send(new byte[] {0, 1, 2, 3, (byte) 0xff});
            client.socket().shutdownOutput();

            assertThat(new String(client.in().readAllBytes())).isEqualTo("got 5");
        }
    }

    @Test
    @Tag("check-20")
    void a_server_that_speaks_first_is_tunnelled() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.clear()
                        .script(Step.send("220 ready\r\n"), Step.readToEnd())
                        .start();
                RawClient client = lab.client().connect(Lab.HOST + ":" + origin.port())) {
            assertThat(new String(client.exactly(11))).isEqualTo("220 ready\r\n");
        }
    }

    @Test
    @Tag("check-21")
    void connect_and_client_hello_in_one_segment_work() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                RawClient client = lab.client()) {
            String host = Lab.HOST + ":" + origin.port();
            HelloFirst hello = new HelloFirst(lab.trustingHotpool(), Lab.HOST);
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            both.write(("CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes());
            both.write(hello.bytes());
            client.send(both.toByteArray());
            assertThat(client.readResponse("CONNECT").status()).isEqualTo(200);

            assertThat(hello.finish(client)).isEqualTo("TLSv1.3");
        }
    }

    @Test
    @Tag("check-22")
    void a_server_name_other_than_the_connect_name_is_refused_and_nothing_is_dialled() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                RawClient client = lab.client().connect(Lab.HOST + ":" + origin.port())) {
            assertThatThrownBy(() -> client.tls(trustingEverything(), Lab.OTHER))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("unrecognized_name");
            assertThat(origin.connections()).isZero();
        }
    }

    @Test
    @Tag("check-22")
    void connect_to_an_address_with_a_server_name_goes_to_that_name_at_that_address() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.authority().leaf("elsewhere.example.test"))
                        .start();
                RawClient client = lab.client().connect("127.0.0.1:" + origin.port())) {
            client.tls(lab.trustingHotpool(), "elsewhere.example.test", "http/1.1");

            assertThat(client.get("/x", "Host: elsewhere.example.test:" + origin.port())
                            .status())
                    .isEqualTo(200);
            assertThat(origin.onlyRequest().header("Host")).startsWith("elsewhere.example.test");
        }
    }

    @Test
    @Tag("check-23")
    void another_host_inside_the_tunnel_is_misdirected() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                RawClient client = lab.intercepted(Lab.HOST + ":" + origin.port())) {
            assertThat(client.get("/x", "Host: " + Lab.OTHER + ":" + origin.port())
                            .status())
                    .isEqualTo(421);
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    @Tag("check-23")
    void another_authority_inside_an_http2_tunnel_is_misdirected() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            var client = lab.interceptedH2(Lab.HOST + ":" + origin.port());
            client.headers(
                    1,
                    true,
                    ":method",
                    "GET",
                    ":scheme",
                    "https",
                    ":authority",
                    Lab.OTHER + ":" + origin.port(),
                    ":path",
                    "/");

            assertThat(client.readBlock().get(":status")).isEqualTo("421");
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    @Tag("check-24")
    void a_hello_that_announces_16_mib_is_closed_in_time() throws Exception {
        try (RawClient client = lab.client().connect(Lab.HOST + ":443")) {
            long start = System.nanoTime();
            client.socket().setSoTimeout(10_000);
            // A handshake record of 16 KiB whose ClientHello says it has 0xffffff bytes.
            byte[] record = new byte[5 + 16384];
            record[0] = 22;
            record[1] = 3;
            record[2] = 1;
            record[3] = 0x40;
            record[5] = 1;
            record[6] = record[7] = record[8] = (byte) 0xff;
            client.send(record);

            assertThat(endOf(client)).as("closed").isTrue();
            assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start))
                    .isLessThan(6);
        }
    }

    @Test
    @Tag("check-24")
    void hellos_that_announce_16_mib_take_no_memory_to_speak_of() throws Exception {
        int clients = 64;
        byte[] start = {22, 3, 1, 0x40, 0, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff, 3, 3};
        List<RawClient> open = new ArrayList<>();
        long before = buffers();
        try {
            for (int i = 0; i < clients; i++) {
                RawClient client = lab.client().connect(Lab.HOST + ":443");
                open.add(client);
                client.send(start);
                client.send(new byte[16000]);
            }
            assertThat(buffers() - before).as("bytes of buffers").isLessThan(clients * 65_536L);
        } finally {
            for (RawClient client : open) {
                client.close();
            }
        }
    }

    private static long buffers() {
        ByteBufAllocatorMetric metric = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
        return metric.usedDirectMemory() + metric.usedHeapMemory();
    }

    @Test
    @Tag("check-27")
    void an_address_gets_a_certificate_for_that_address() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                RawClient client = lab.client().connect("127.0.0.1:" + origin.port())) {
            client.tls(lab.trustingHotpool(), "", "http/1.1");

            assertThat(names(client)).contains(List.of(7, "127.0.0.1"));
            assertThat(client.get("/", "Host: 127.0.0.1:" + origin.port()).status())
                    .isEqualTo(200);
        }
    }

    @Test
    @Tag("check-27")
    void an_international_name_gets_a_certificate_with_its_a_label() throws Exception {
        String name = IDN.toASCII("bücher.example.test");
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                RawClient client = lab.intercepted(name + ":" + origin.port())) {
            assertThat(names(client)).contains(List.of(2, "xn--bcher-kva.example.test"));
            assertThat(client.get("/", "Host: " + name + ":" + origin.port()).status())
                    .isEqualTo(200);
        }
    }

    @Test
    @Tag("check-26")
    void a_leaf_is_valid_for_thirty_days_at_most_and_is_no_authority() throws Exception {
        try (RawClient client = lab.intercepted(Lab.HOST + ":443")) {
            X509Certificate leaf =
                    (X509Certificate) ((SSLSocket) client.socket()).getSession().getPeerCertificates()[0];

            long days = TimeUnit.MILLISECONDS.toDays(
                    leaf.getNotAfter().getTime() - leaf.getNotBefore().getTime());
            assertThat(days).isLessThanOrEqualTo(30);
            assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
            assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        }
    }

    @Test
    void a_tunnel_ends_at_the_origin_when_the_client_resets_it() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.clear()
                .script(Step.send("220 ready\r\n"), Step.readToEnd())
                .start()) {
            RawClient client = lab.client().connect(Lab.HOST + ":" + origin.port());
            client.exactly(11);
            client.reset();

            Wait.until(() -> assertThat(origin.open()).isZero());
        }
    }

    private static Collection<List<?>> names(RawClient client) throws Exception {
        X509Certificate leaf =
                (X509Certificate) ((SSLSocket) client.socket()).getSession().getPeerCertificates()[0];
        return leaf.getSubjectAlternativeNames();
    }

    /** Reads to the end; a TLS alert may come before it. */
    private static boolean endOf(RawClient client) throws IOException {
        try {
            client.in().readAllBytes();
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    private static SSLContext trustingEverything() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                null,
                new TrustManager[] {
                    new X509TrustManager() {
                        @Override
                        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

                        @Override
                        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

                        @Override
                        public X509Certificate[] getAcceptedIssuers() {
                            return new X509Certificate[0];
                        }
                    }
                },
                null);
        return context;
    }
}
