package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.H2Script;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client that does not read its answer, and those who share its HTTP/2 connection to the origin. */
class StalledSiblingTest {
    private static final int ROUNDS = 3;
    private static final int REQUESTS = 40;
    private static final String PIECE = "x".repeat(16 * 1024);
    private static final int PIECES = 6;
    /** Most of a stream's window (Chromium's is 6 MiB); a browser's connection window is 15 MiB. */
    private static final int UNREAD_PIECES = 350;

    @RegisterExtension
    static final Lab lab = Lab.standard();

    private static final H2Script ORIGIN = peer -> {
        peer.settings();
        while (true) {
            H2Peer.Block request = peer.readRequest();
            if (request.get(":path").equals("/unread")) {
                peer.headers(request.stream(), false, ":status", "200");
                for (int i = 0; i < UNREAD_PIECES; i++) {
                    peer.data(request.stream(), PIECE, false);
                }
            } else {
                peer.headers(request.stream(), false, ":status", "200", "content-length", "" + PIECES * PIECE.length());
                for (int i = 1; i <= PIECES; i++) {
                    peer.data(request.stream(), PIECE, i == PIECES);
                }
            }
        }
    };

    @Test
    @Tag("check-37")
    void siblings_of_a_client_that_reads_nothing_keep_their_throughput() throws IOException {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.tls(lab.leaf()).http2(ORIGIN).start();
                RawClient sibling = lab.client();
                RawClient stalled = lab.client()) {
            double alone = best(origin, sibling);
            stalled.send(head(origin, "/unread"));
            assertThat(stalled.readHead().status()).isEqualTo(200);

            // More than the connection's window passes beside the unread bytes: nothing of it is used up by them.
            double beside = best(origin, sibling);

            assertThat(origin.connections()).isEqualTo(1);
            assertThat(beside).as("requests a second, of %.0f alone", alone).isGreaterThan(0.8 * alone);
        }
    }

    /** The best of some rounds: what other work on the machine takes is not the proxy's. */
    private static double best(ScriptedOrigin origin, RawClient client) throws IOException {
        round(origin, client); // warms up
        double best = 0;
        for (int i = 0; i < ROUNDS; i++) {
            best = Math.max(best, round(origin, client));
        }
        return best;
    }

    private static double round(ScriptedOrigin origin, RawClient client) throws IOException {
        long began = System.nanoTime();
        for (int i = 0; i < REQUESTS; i++) {
            RawClient.Response answer = client.send(head(origin, "/" + i)).readResponse();
            assertThat(answer.bytes()).hasSize(PIECES * PIECE.length());
        }
        return REQUESTS * 1e9 / (System.nanoTime() - began);
    }

    private static String head(ScriptedOrigin origin, String path) {
        String host = Lab.HOST + ":" + origin.port();
        return "GET https://" + host + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    }
}
