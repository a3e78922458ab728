package io.hotpool.wire.soak;

import io.hotpool.wire.fixture.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** curl, a new process for each request, in turn over HTTP/1.1 and HTTP/2. */
final class CurlWorker extends Worker {
    /** A part of a file, a failure in receiving, an HTTP/2 stream or framing that failed, after the head. */
    /** Sent behind an answer's head only; in one read with it, curl meets the reset first and shows no status. */
    private static final int STREAM_RESET = 92;

    private static final Set<Integer> CUT = Set.of(16, 18, 56, 92);

    private final InetSocketAddress proxy;
    private final Path root;
    private final Path body;
    private final Path upload;
    private boolean http2;

    CurlWorker(InetSocketAddress proxy, Path root, Path folder, Tally tally, Asks asks, BooleanSupplier goOn) {
        super("curl", tally, asks, goOn);
        this.proxy = proxy;
        this.root = root;
        this.body = folder.resolve("curl-" + System.nanoTime());
        this.upload = folder.resolve("curl-up-" + System.nanoTime());
    }

    @Override
    void turn() {
        Ask ask = asks.next();
        http2 = !http2;
        try {
            Files.deleteIfExists(body);
            Program curl = Program.named("curl")
                    .args("-sS", "-m", SoakTest.PATIENCE.toSeconds(), "-x", "http://127.0.0.1:" + proxy.getPort())
                    .args("--cacert", root, http2 ? "--http2" : "--http1.1", "-o", body)
                    .args("-w", "%{http_code} %header{x-id} %header{x-receipt}");
            if (ask.post()) {
                Files.write(upload, ask.body());
                curl.args("--data-binary", "@" + upload);
            }
            judge(ask, curl.args(ask.url()).run());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void judge(Ask ask, Program.Output output) throws IOException {
        String[] said = (output.text().trim() + "  ").split(" ", -1);
        if (output.exit() == 0) {
            byte[] received = Files.exists(body) ? Files.readAllBytes(body) : new byte[0];
            tally.response(name, ask, Integer.parseInt(said[0]), said[1], said[2], received);
        } else {
            boolean begun = CUT.contains(output.exit()) && said[0].equals("200") || output.exit() == STREAM_RESET;
            tally.count(name, ask, begun ? Outcome.CUT : Outcome.NONE, output.toString());
        }
    }
}
