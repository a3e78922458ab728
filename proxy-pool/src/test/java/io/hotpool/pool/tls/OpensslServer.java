package io.hotpool.pool.tls;

import io.hotpool.pool.testing.TestCertificates.Identity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** {@code openssl s_server} on loopback: echoes every line reversed ({@code -rev}) or is driven from its standard input. */
final class OpensslServer implements AutoCloseable {
    private final Process process;
    private final int port;
    private final StringBuffer output = new StringBuffer();

    private OpensslServer(Process process, int port) {
        this.process = process;
        this.port = port;
        Thread reader = new Thread(this::read, "s_server");
        reader.setDaemon(true);
        reader.start();
    }

    static OpensslServer start(Path dir, Identity identity, String... options) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>(List.of(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:" + port,
                "-cert",
                identity.writeChain(dir).toString(),
                "-key",
                identity.writeKey(dir).toString()));
        if (identity.chain().size() > 1) {
            command.add("-cert_chain");
            command.add(identity.writeChain(dir).toString());
        }
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        OpensslServer server = new OpensslServer(process, port);
        server.await("ACCEPT");
        return server;
    }

    int port() {
        return port;
    }

    String output() {
        return output.toString();
    }

    /** What a person would type at the server: {@code K} updates its keys and asks for the peer's. */
    void type(String line) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        in.flush();
    }

    void await(String text) {
        await(text, 1);
    }

    /** Until the server has printed the text that many times. */
    void await(String text, int times) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(10))
                .until(() -> printed(text) >= times || !process.isAlive());
        if (printed(text) < times) {
            throw new IllegalStateException("openssl s_server: " + output);
        }
    }

    private int printed(String text) {
        return output.toString().split(java.util.regex.Pattern.quote(text), -1).length - 1;
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
            int c;
            while ((c = reader.read()) >= 0) {
                output.append((char) c);
            }
        } catch (IOException e) {
            output.append(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
