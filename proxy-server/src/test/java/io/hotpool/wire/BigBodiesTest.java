package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.Body;
import io.hotpool.wire.fixture.DaemonProcess;
import io.hotpool.wire.fixture.H2Frame;
import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Nginx;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Step;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Large bodies both ways past a reader that stops in the middle: nothing is gathered. The full form (1 GiB and a stop of
 * 10 s) by {@code -Dhotpool.test.full=true}.
 */
class BigBodiesTest {
    private static final boolean FULL = Boolean.getBoolean("hotpool.test.full");
    private static final int MIB = 1 << 20;
    private static final int SIZE = FULL ? 1024 * MIB : 64 * MIB;
    private static final Duration STOP = FULL ? Duration.ofSeconds(10) : Duration.ofSeconds(1);
    /** What the proxy and the kernel's socket buffers on both legs may hold while nobody reads. */
    private static final long IN_FLIGHT = 24L * MIB;
    /** Resident memory of a JVM with a heap of 128 MiB: everything but the heap is outside of it. */
    private static final long RESIDENT = 420L * MIB;

    @RegisterExtension
    static final Lab lab = Lab.standard();

    private DaemonProcess daemon;

    @BeforeEach
    void start() {
        daemon = (DaemonProcess) lab.start(config -> {}, true, "-Xmx128m", "-XX:MaxDirectMemorySize=128m");
    }

    @AfterEach
    void stop(org.junit.jupiter.api.TestInfo info) {
        long peak = daemon.resident("VmHWM");
        System.out.printf("%s: %d MiB, most resident memory %d MiB%n", info.getDisplayName(), SIZE / MIB, peak / MIB);
        String said = daemon.output();
        daemon.close();
        assertThat(said).doesNotContain(" ERROR ", "OutOfMemory");
        assertThat(peak).isLessThan(RESIDENT);
    }

    @Test
    void a_download_from_an_http1_origin_waits_for_a_reader_that_stops() throws IOException {
        AtomicLong sent = new AtomicLong();
        MessageDigest digest = Body.digest();
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .script(
                        Step.readRequest(),
                        Step.send("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n"),
                        peer -> {
                            Blocks blocks = new Blocks(digest);
                            for (long left = SIZE; left > 0; left -= Blocks.LENGTH) {
                                peer.send(blocks.next());
                                sent.addAndGet(Blocks.LENGTH);
                            }
                        })
                .start()) {
            download(origin.port(), sent);
            assertThat(origin.failures()).isEmpty();
        }
    }

    @Test
    void a_download_from_an_http2_origin_waits_for_a_reader_that_stops() throws IOException {
        AtomicLong sent = new AtomicLong();
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                .http2(peer -> {
                    peer.settings();
                    int stream = peer.readRequest().stream();
                    peer.headers(stream, false, ":status", "200", "content-length", "" + SIZE);
                    sendWithin(peer, stream, sent);
                })
                .start()) {
            download(origin.port(), sent);
        }
    }

    /** Sends {@link #SIZE} bytes within the windows that the proxy gives. */
    private static void sendWithin(H2Peer peer, int stream, AtomicLong sent) throws IOException {
        Blocks blocks = new Blocks(Body.digest());
        long connection = 65535;
        long window = 65535;
        for (H2Frame frame : peer.frames()) {
            connection += increment(frame, 0);
            window += increment(frame, stream);
            window += initialWindow(frame);
        }
        byte[] block = new byte[0];
        int at = 0;
        for (long left = SIZE; left > 0; ) {
            if (at == block.length) {
                block = blocks.next();
                at = 0;
            }
            int n = (int) Math.min(Math.min(16384, block.length - at), Math.min(connection, window));
            if (n <= 0) {
                H2Frame frame = peer.read();
                if (frame == null) {
                    throw new java.io.EOFException("with " + left + " bytes to send");
                }
                connection += increment(frame, 0);
                window += increment(frame, stream) + initialWindow(frame);
                continue;
            }
            left -= n;
            peer.data(stream, java.util.Arrays.copyOfRange(block, at, at + n), left == 0);
            at += n;
            connection -= n;
            window -= n;
            sent.addAndGet(n);
        }
        while (peer.read() != null) {
            // Until the proxy closes.
        }
    }

    private static long increment(H2Frame frame, int stream) {
        return frame.type() == H2Frame.WINDOW_UPDATE && frame.stream() == stream ? frame.word(0) : 0;
    }

    private static long initialWindow(H2Frame frame) {
        if (frame.type() != H2Frame.SETTINGS || frame.has(H2Frame.ACK)) {
            return 0;
        }
        for (int i = 0; i < frame.payload().length; i += 6) {
            if (frame.payload()[i + 1] == 4) {
                return frame.word(i + 2) - 65535L;
            }
        }
        return 0;
    }

    private void download(int port, AtomicLong sent) throws IOException {
        String host = Lab.HOST + ":" + port;
        MessageDigest expected = Body.digest();
        MessageDigest received = Body.digest();
        Blocks blocks = new Blocks(expected);
        try (RawClient client = new RawClient(daemon.proxy())) {
            client.send("GET https://" + host + "/big HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(200);
            for (int got = 0; got < SIZE; got += Blocks.LENGTH) {
                if (got == SIZE / 2) {
                    LockSupport.parkNanos(STOP.toNanos());
                    assertThat(sent.get() - got)
                            .as("bytes on their way while nobody reads")
                            .isLessThan(IN_FLIGHT);
                }
                blocks.next();
                received.update(client.exactly(Blocks.LENGTH));
            }
        }
        assertThat(HexFormat.of().formatHex(received.digest()))
                .isEqualTo(HexFormat.of().formatHex(expected.digest()));
    }

    @Test
    void an_upload_to_an_http1_origin_waits_for_an_origin_that_stops() throws IOException {
        AtomicLong sent = new AtomicLong();
        AtomicLong inFlight = new AtomicLong();
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                        .script(
                                Step.readHead(),
                                peer -> {
                                    LockSupport.parkNanos(STOP.toNanos());
                                    inFlight.set(sent.get());
                                },
                                Step.readBody(),
                                Step.respond(200, "done"))
                        .start();
                RawClient client = new RawClient(daemon.proxy())) {
            String host = Lab.HOST + ":" + origin.port();
            MessageDigest digest = Body.digest();
            client.send("POST https://" + host + "/up HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: " + SIZE
                    + "\r\n\r\n");
            Blocks blocks = new Blocks(digest);
            for (long left = SIZE; left > 0; left -= Blocks.LENGTH) {
                client.send(blocks.next());
                sent.addAndGet(Blocks.LENGTH);
            }

            assertThat(client.readResponse("POST").text()).isEqualTo("done");
            assertThat(inFlight.get()).isLessThan(IN_FLIGHT);
            assertThat(origin.bodies().get(0).size()).isEqualTo(SIZE);
            assertThat(origin.bodies().get(0).sha256()).isEqualTo(HexFormat.of().formatHex(digest.digest()));
        }
    }

    @Test
    void a_download_and_an_upload_pass_by_nginx_over_http2() throws IOException {
        try (Nginx nginx = Nginx.start(lab.directory(), lab.leaf())) {
            Path file = nginx.root().resolve("big.bin");
            try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
                sparse.setLength(SIZE);
            }
            String base = "https://" + Lab.HOST + ":" + nginx.h2Port();
            String proxy = "http://127.0.0.1:" + daemon.proxy().getPort();
            var curl = io.hotpool.wire.fixture.Program.named("curl")
                    .within(Duration.ofMinutes(5))
                    .args(
                            "-sS",
                            "-x",
                            proxy,
                            "-k",
                            "-o",
                            "/dev/null",
                            "-w",
                            "%{size_download} %{http_code}",
                            base + "/big.bin")
                    .run()
                    .ok();
            assertThat(curl.text()).isEqualTo(SIZE + " 200");

            curl = io.hotpool.wire.fixture.Program.named("curl")
                    .within(Duration.ofMinutes(5))
                    .args("-sS", "-x", proxy, "-k", "-T", file, "-w", "%{size_upload} %{http_code}", base + "/upload")
                    .run()
                    .ok();
            assertThat(curl.text()).isEqualTo("done\n" + SIZE + " 200");
        }
    }

    /** The same pseudo-random bytes for whoever asks, block by block. */
    private static final class Blocks {
        static final int LENGTH = 65536;

        private final Random random = new Random(7);
        private final MessageDigest digest;

        Blocks(MessageDigest digest) {
            this.digest = digest;
        }

        byte[] next() {
            byte[] block = new byte[LENGTH];
            random.nextBytes(block);
            digest.update(block);
            return block;
        }
    }
}
