package io.hotpool.pool.tls;

import static io.hotpool.pool.tls.TlsClientFixture.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHelloParser;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.Profiles;
import io.hotpool.pool.testing.TestCertificates;
import io.hotpool.pool.testing.TestCertificates.Authority;
import io.hotpool.pool.testing.TestCertificates.Identity;
import io.hotpool.pool.tls.TlsClientFixture.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the tools that name fingerprints do not look at: records, what shares a write, and keys that are used twice. */
class FlightShapeTest {
    private static final int EARLY_DATA = 42;
    private static final Authority CA = TestCertificates.authority("Flight CA");
    private static final Identity LEAF = CA.leaf(HOST);

    @TempDir
    Path folder;

    private final TlsClientFixture client = new TlsClientFixture(CA);

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"chromium-156", "firefox-153", "safari-26.0.1"})
    void change_cipher_spec_and_finished_are_one_write(String name) throws Exception {
        List<String> writes = writes(name, "-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256");
        assertThat(writes).hasSize(2);
        assertThat(writes.get(0)).matches("22/0301/\\d+");
        assertThat(writes.get(1)).isEqualTo("20/0303/1 23/0303/53"); // 4 + 32 of Finished, type, tag
    }

    @ParameterizedTest
    @ValueSource(strings = {"chromium-156", "firefox-153", "safari-26.0.1"})
    void the_hello_after_a_retry_has_the_version_of_tls_1_2_and_is_one_record(String name) throws Exception {
        List<String> writes = writes(name, "-tls1_3", "-groups", "P-384", "-ciphersuites", "TLS_AES_128_GCM_SHA256");
        assertThat(writes.get(0)).matches("22/0301/\\d+");
        assertThat(String.join(" ", writes)).matches("22/0301/\\d+ (20/0303/1 )?22/0303/\\d+ (20/0303/1 )?23/0303/53");
        assertThat(String.join(" ", writes)).containsOnlyOnce("20/0303/1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"chromium-156", "firefox-153"})
    void the_last_flight_of_tls_1_2_is_one_write(String name) throws Exception {
        List<String> writes = writes(name, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256");
        assertThat(writes).hasSize(2);
        // ClientKeyExchange of X25519, change_cipher_spec, Finished: explicit nonce, 4 + 12, tag
        assertThat(writes.get(1)).isEqualTo("22/0303/37 20/0303/1 22/0303/40");
    }

    /** Chromium closes the socket and says nothing; an alert of TLS 1.3 is a record of 2 bytes, its type and a tag. */
    @ParameterizedTest
    @CsvSource({"chromium-156, ''", "firefox-153, 23/0303/19", "safari-26.0.1, 23/0303/19"})
    void the_end_is_announced_as_the_browser_does(String name, String last) throws Exception {
        try (OpensslServer server = OpensslServer.start(folder, LEAF, "-rev", "-tls1_3")) {
            Recorder recorder = new Recorder();
            Connection connection = client.connect(
                    new RecordedTls(client.tls(), recorder),
                    TlsClientFixture.request(TlsClientFixture.profile(name), server.port()));
            connection.facts();
            int before = recorder.handshake().size();
            connection.close();
            List<String> all = recorder.flushes();
            assertThat(String.join(" ", all.subList(before, all.size()))).isEqualTo(last);
        }
    }

    @Test
    void firefox_uses_one_x25519_key_in_two_shares_and_chromium_two() throws Exception {
        Map<Integer, byte[]> firefox = shares(hello("firefox-153"));
        Map<Integer, byte[]> chromium = shares(hello("chromium-156"));
        assertThat(endOfHybrid(firefox)).isEqualTo(firefox.get(29));
        assertThat(endOfHybrid(chromium)).isNotEqualTo(chromium.get(29));
    }

    /** Neither browser's early data is imitated: no profile offers it, on the first connection or with a ticket. */
    @Test
    void early_data_is_never_offered() throws Exception {
        try (OpensslServer server = OpensslServer.start(
                folder, LEAF, "-tls1_3", "-early_data", "-max_early_data", "16384", "-no_anti_replay")) {
            int pings = 0;
            for (BrowserProfile profile : Profiles.builtIn().all()) {
                assertThat(profile.extension(EARLY_DATA)).isEmpty();
            }
            for (String name : List.of("chromium-156", "firefox-153", "safari-26.0.1")) {
                BrowserProfile profile = TlsClientFixture.profile(name);
                boolean resumed = false;
                for (int i = 0; i < 6 && !resumed; i++) {
                    Connection connection = client.connect(profile, server.port());
                    TlsFacts facts = connection.facts();
                    assertThat(ClientHelloParser.parse(facts.clientHello()).extension(EARLY_DATA))
                            .isEmpty();
                    resumed = facts.resumed();
                    connection.send("ping\n");
                    server.await("ping", ++pings);
                    connection.close();
                }
                assertThat(resumed).as(name).isTrue();
            }
        }
    }

    private ClientHello hello(String name) throws Exception {
        try (OpensslServer server = OpensslServer.start(folder, LEAF, "-rev", "-tls1_3")) {
            Connection connection = client.connect(TlsClientFixture.profile(name), server.port());
            ClientHello hello = ClientHelloParser.parse(connection.facts().clientHello());
            connection.close();
            return hello;
        }
    }

    private static Map<Integer, byte[]> shares(ClientHello hello) {
        ByteBuffer body = ByteBuffer.wrap(hello.extension(51).orElseThrow().data());
        body.getShort();
        Map<Integer, byte[]> shares = new TreeMap<>();
        while (body.hasRemaining()) {
            int group = Short.toUnsignedInt(body.getShort());
            byte[] key = new byte[Short.toUnsignedInt(body.getShort())];
            body.get(key);
            shares.put(group, key);
        }
        return shares;
    }

    private static byte[] endOfHybrid(Map<Integer, byte[]> shares) {
        byte[] hybrid = shares.get(0x11ec);
        return Arrays.copyOfRange(hybrid, hybrid.length - 32, hybrid.length);
    }

    /** What the client writes until the handshake is complete: for each flush its records as type/version/length. */
    private List<String> writes(String name, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("-rev"));
        Collections.addAll(all, options);
        try (OpensslServer server = OpensslServer.start(folder, LEAF, all.toArray(String[]::new))) {
            Recorder recorder = new Recorder();
            Connection connection = client.connect(
                    new RecordedTls(client.tls(), recorder),
                    TlsClientFixture.request(TlsClientFixture.profile(name), server.port()));
            connection.facts();
            connection.close();
            return recorder.handshake();
        }
    }

    private record RecordedTls(BrowserTls tls, Recorder recorder) implements UpstreamTls {
        @Override
        public ChannelHandler handlerFor(TlsRequest request) {
            return new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                    String own = channel.pipeline().context(this).name();
                    channel.pipeline().addFirst(recorder).addAfter(own, null, tls.handlerFor(request));
                }
            };
        }

        @Override
        public void close() {}
    }

    private static final class Recorder extends ChannelOutboundHandlerAdapter {
        private final List<String> flushes = Collections.synchronizedList(new ArrayList<>());
        private final List<String> records = new ArrayList<>();

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ByteBuffer bytes = ByteBuffer.wrap(ByteBufUtil.getBytes((ByteBuf) message));
            while (bytes.remaining() >= 5) {
                int type = bytes.get();
                int version = Short.toUnsignedInt(bytes.getShort());
                int length = Short.toUnsignedInt(bytes.getShort());
                records.add(String.format("%d/%04x/%d", type, version, length));
                bytes.position(bytes.position() + length);
            }
            ctx.write(message, promise);
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            if (!records.isEmpty()) {
                flushes.add(String.join(" ", records));
                records.clear();
            }
            ctx.flush();
        }

        List<String> flushes() {
            return List.copyOf(flushes);
        }

        /** Without the close_notify. */
        List<String> handshake() {
            List<String> all = new ArrayList<>(flushes);
            int last = all.size() - 1;
            if (all.get(last).matches("23/0303/19|21/0303/\\d+")) {
                all.remove(last);
            }
            return all;
        }
    }
}
