package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.DaemonProcess;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Step;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many readers that stop at once, in a daemon with little memory: each holds its credit and no more. */
@Tag("check-24")
class StalledReadersTest {
    private static final int MIB = 1 << 20;
    private static final int READERS = 24;
    /** Less than the bodies, more than the readers' credits. */
    private static final String DIRECT = "-XX:MaxDirectMemorySize=48m";

    private static final Duration SETTLED = Duration.ofMillis(500);

    private static final int SIZE = 8 * MIB;

    /** So that it is the daemon that has to hold back, and not the system. */
    private static final int SOCKET_BUFFER = 64 * 1024;

    @RegisterExtension
    static final Lab lab = Lab.standard();

    private DaemonProcess daemon;

    @BeforeEach
    void start() {
        daemon = (DaemonProcess)
                lab.start(config -> config.set("pool", "max_conns_per_host = " + READERS), true, "-Xmx64m", DIRECT);
    }

    @AfterEach
    void stop() {
        long peak = daemon.resident("VmHWM");
        System.out.printf("%d stalled readers: most resident memory %d MiB%n", READERS, peak / MIB);
        String said = daemon.output();
        daemon.close();
        assertThat(said).doesNotContain("OutOf");
    }

    @Test
    void all_of_them_get_the_whole_body_in_the_end() throws Exception {
        AtomicLong sent = new AtomicLong();
        List<RawClient> clients = new ArrayList<>();
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .script(
                        Step.readRequest(),
                        Step.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + SIZE + "\r\n\r\n"),
                        peer -> {
                            for (int block = 0; block < SIZE / MIB; block++) {
                                peer.send(block(block));
                                sent.addAndGet(MIB);
                            }
                        })
                .start()) {
            for (int i = 0; i < READERS; i++) {
                clients.add(ask(origin.port()));
            }
            Wait.until(() -> {
                long before = sent.get();
                LockSupport.parkNanos(SETTLED.toNanos());
                assertThat(sent.get()).as("nothing moves any more").isEqualTo(before);
            });
            for (RawClient client : clients) {
                assertThat(client.readHead().status()).isEqualTo(200);
                for (int block = 0; block < SIZE / MIB; block++) {
                    assertThat(Arrays.equals(client.exactly(MIB), block(block)))
                            .as("block " + block)
                            .isTrue();
                }
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    private RawClient ask(int port) throws IOException {
        String host = Lab.HOST + ":" + port;
        RawClient client = new RawClient(daemon.proxy());
        client.socket().setReceiveBufferSize(SOCKET_BUFFER);
        client.send("GET https://" + host + "/big HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        return client;
    }

    private static byte[] block(int number) {
        byte[] block = new byte[MIB];
        for (int i = 0; i < MIB; i++) {
            block[i] = (byte) (i * 31 + (i >> 8) + number);
        }
        return block;
    }
}
