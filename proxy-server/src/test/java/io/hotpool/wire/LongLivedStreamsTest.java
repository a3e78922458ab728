package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.testing.TestCertificates.Identity;
import io.hotpool.wire.fixture.H2Frame;
import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.Repository;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Skip;
import io.hotpool.wire.fixture.Step;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSocket and server-sent events with real programs. */
class LongLivedStreamsTest {
    @RegisterExtension
    static final Lab lab = Lab.standard();

    @ParameterizedTest
    @ValueSource(strings = {"ws", "wss"})
    void a_web_socket_of_a_real_library_works_through_connect(String scheme) {
        Identity leaf = lab.leaf();
        Program.Output output = pythonWith("websockets")
                .args(Repository.root().resolve("proxy-server/src/test/clients/websocket_client.py"))
                .args(lab.proxy().getPort(), scheme, Lab.HOST, lab.root())
                .args(leaf.writeChain(lab.directory()), leaf.writeKey(lab.directory()))
                .run()
                .ok();
        assertThat(output.text()).contains("closed with 1000");
    }

    private static Program pythonWith(String library) {
        for (Path python : List.of(Program.find("python3"), Path.of("/usr/bin/python3"))) {
            boolean there = Files.isExecutable(python)
                    && Program.at(python).args("-c", "import " + library).run().exit() == 0;
            if (there) {
                return Program.at(python);
            }
        }
        return Skip.because("Python has no " + library + " (package python3-" + library + ")");
    }

    /** RFC 8441 is not offered, so clients use HTTP/1.1 for their WebSockets; one that asks all the same is told at once. */
    @Test
    void extended_connect_is_neither_offered_nor_left_hanging() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start()) {
            String host = Lab.HOST + ":" + origin.port();
            H2Peer client = lab.interceptedH2(host);
            H2Frame settings = client.read(H2Frame.SETTINGS);
            for (int at = 0; at < settings.payload().length; at += 6) {
                assertThat(settings.payload()[at] << 8 | settings.payload()[at + 1])
                        .as("SETTINGS_ENABLE_CONNECT_PROTOCOL")
                        .isNotEqualTo(8);
            }
            client.headers(
                    1,
                    false,
                    ":method",
                    "CONNECT",
                    ":protocol",
                    "websocket",
                    ":scheme",
                    "https",
                    ":authority",
                    host,
                    ":path",
                    "/socket");
            assertThat(client.readBlock().get(":status")).isEqualTo("501");
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void connect_inside_of_a_tunnel_is_not_passed_on() throws IOException {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                RawClient client = lab.intercepted(Lab.HOST + ":" + origin.port())) {
            String host = Lab.HOST + ":" + origin.port();
            assertThat(client.request("CONNECT", host, "Host: " + host).status())
                    .isEqualTo(501);
            assertThat(origin.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--http1.1", "--http2"})
    void curl_gets_each_event_before_the_stream_ends(String version) throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .script(
                        Step.readRequest(),
                        Step.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n"),
                        Step.await(first),
                        Step.send("9\r\ndata: 2\n\n\r\n0\r\n\r\n"))
                .start()) {
            Process curl = lab.curl("-N", version, "https://" + Lab.HOST + ":" + origin.port() + "/events")
                    .open();
            try (BufferedReader out = curl.inputReader()) {
                assertThat(out.readLine()).isEqualTo("data: 1");
                first.countDown();
                assertThat(out.readLine()).isEmpty();
                assertThat(out.readLine()).isEqualTo("data: 2");
                assertThat(curl.waitFor()).isZero();
            } finally {
                curl.destroyForcibly();
            }
        }
    }
}
