package io.hotpool.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.fault.FaultKind;
import io.hotpool.wire.fixture.RawClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Opaque tunnels of which one side stops reading. */
@Timeout(60)
class StalledTunnelsTest {
    private final ProxyUnderTest proxy = new ProxyUnderTest("""
            [proxy]
            client_idle_timeout = "1s"
            [pool]
            body_idle_timeout = "1s"
            """);

    @AfterEach
    void stop() {
        proxy.close();
    }

    /** Writes without end; completes when that fails. */
    private static CompletableFuture<Void> flood(OutputStream out, AtomicLong sent) {
        return CompletableFuture.runAsync(() -> {
            byte[] block = new byte[64 * 1024];
            try {
                while (true) {
                    out.write(block);
                    sent.addAndGet(block.length);
                }
            } catch (IOException e) {
                // The tunnel was ended.
            }
        });
    }

    @Test
    void a_client_that_takes_nothing_is_given_up_and_both_sides_are_closed() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawClient client = proxy.client().connect("a.example:" + listener.getLocalPort());
                Socket origin = listener.accept()) {
            CompletableFuture<Void> flood = flood(origin.getOutputStream(), new AtomicLong());

            await().until(flood::isDone);
            await().until(() -> !proxy.ended.isEmpty());
            assertThat(proxy.ended.get(0).fault()).isEqualTo(FaultKind.CLIENT_GONE);
            assertThat(proxy.ended.get(0).detail()).contains("the client took nothing", "PT1S");
            assertThat(client.socket().isConnected()).isTrue();
        }
    }

    @Test
    void an_origin_that_takes_nothing_is_given_up_and_both_sides_are_closed() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawClient client = proxy.client().connect("a.example:" + listener.getLocalPort());
                Socket origin = listener.accept()) {
            client.send("SSH-2.0-x\r\n");
            CompletableFuture<Void> flood = flood(client.socket().getOutputStream(), new AtomicLong());

            await().until(flood::isDone);
            await().until(() -> !proxy.ended.isEmpty());
            assertThat(proxy.ended.get(0).fault()).isEqualTo(FaultKind.BODY_TIMEOUT);
            assertThat(proxy.ended.get(0).detail()).contains("the origin took nothing");
            assertThat(origin.isConnected()).isTrue();
        }
    }

    /** Before, the rest waited for its reader for ever. */
    @Test
    void a_client_that_takes_nothing_is_given_up_after_the_origin_has_gone_too() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawClient client = proxy.client().connect("a.example:" + listener.getLocalPort())) {
            AtomicLong sent = new AtomicLong();
            try (Socket origin = listener.accept()) {
                flood(origin.getOutputStream(), sent);
                standstill(sent);
                origin.setSoLinger(true, 0);
            }
            await().until(() -> proxy.server.connections() == 0);
            assertThat(client.socket().isConnected()).isTrue();
        }
    }

    private static void standstill(AtomicLong sent) {
        long[] last = {-1};
        await().pollInterval(Duration.ofMillis(200)).until(() -> {
            long before = last[0];
            last[0] = sent.get();
            return before == last[0] && before > 0;
        });
    }

    @Test
    void a_silent_tunnel_is_left_alone() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawClient client = proxy.client().connect("a.example:" + listener.getLocalPort());
                Socket origin = listener.accept()) {
            origin.getOutputStream().write('!');
            assertThat(client.exactly(1)).hasSize(1);
            await().during(Duration.ofMillis(1300)).until(proxy.ended::isEmpty);
        }
    }
}
