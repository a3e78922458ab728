package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Peer;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTP/2 connections that end, in any way, from 5 ms before to 5 ms after they are used again. */
class Http2ReuseTest {
    private static final long LASTS_MICROS = 5_000;
    private static final int ROUNDS = 17;

    @RegisterExtension
    static final Lab lab = Lab.standard();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    /** How often the origin worked on a request, by its path. */
    private final Map<String, Integer> done = new ConcurrentHashMap<>();

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    enum End {
        /** FIN, after close_notify. */
        CLOSE {
            @Override
            void of(Connection c) throws IOException {
                c.peer.close();
            }
        },
        RESET {
            @Override
            void of(Connection c) throws IOException {
                c.peer.reset();
            }
        },
        /** What comes later is left alone, as GOAWAY says. */
        GOAWAY {
            @Override
            void of(Connection c) throws IOException {
                c.h2.goAway(c.last, 0);
            }
        },
        GOAWAY_AND_CLOSE {
            @Override
            void of(Connection c) throws IOException {
                c.h2.goAway(c.last, 0);
                c.peer.close();
            }
        };

        abstract void of(Connection c) throws IOException;
    }

    /** One connection of the origin; answers what it has read until it ends. */
    private final class Connection {
        final Peer peer;
        final H2Peer h2;
        int last; // guarded by this
        boolean over; // guarded by this

        Connection(Peer peer) throws IOException {
            this.peer = peer;
            this.h2 = H2Peer.server(peer);
        }

        void serve(End end) throws IOException {
            h2.settings();
            while (true) {
                H2Peer.Block request = h2.readBlock();
                answer(request);
                if (request.stream() == 1) {
                    timer.schedule(() -> end(end), LASTS_MICROS, TimeUnit.MICROSECONDS);
                }
            }
        }

        /** Whole, and in one write: the connection ends while it is idle. */
        private synchronized void answer(H2Peer.Block request) throws IOException {
            if (over) {
                return;
            }
            last = request.stream();
            done.merge(request.get(":path"), 1, Integer::sum);
            if (!request.end()) {
                h2.readData(request.stream());
            }
            h2.cork();
            h2.respond(request.stream(), 200, "done");
            h2.uncork();
        }

        private synchronized void end(End end) {
            over = true;
            try {
                end.of(this);
            } catch (IOException e) {
                // the other side was first
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("check-40")
    void gets_succeed_and_a_post_is_sent_at_most_once(End end) throws Exception {
        int answered = 0;
        int again = 0;
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                        .alpn("h2")
                        .script(peer -> new Connection(peer).serve(end))
                        .start();
                RawClient client = lab.client()) {
            for (String method : new String[] {"GET", "POST"}) {
                for (int i = 0; i < ROUNDS; i++) {
                    String path = "/" + method + i;
                    assertThat(send(client, origin, "GET", path + "/first").status())
                            .isEqualTo(200);
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(2 * LASTS_MICROS * i / (ROUNDS - 1)));
                    RawClient.Response response = send(client, origin, method, path);
                    if (method.equals("GET")) {
                        assertThat(response.status()).as(response::toString).isEqualTo(200);
                    } else {
                        assertThat(response.status()).as(response::toString).isIn(200, 502);
                        assertThat(done.getOrDefault(path, 0))
                                .as("POST %d, answered with %d", i, response.status())
                                .isBetween(response.status() == 200 ? 1 : 0, 1);
                        answered += response.status() == 200 ? 1 : 0;
                    }
                    again += done.getOrDefault(path, 0) > 1 ? 1 : 0;
                }
            }
            System.out.printf(
                    "%s: %d connections, %d of %d POST answered, %d GET worked on twice%n",
                    end, origin.connections(), answered, ROUNDS, again);
            assertThat(origin.connections()).as("they did end").isGreaterThan(ROUNDS / 2);
        }
    }

    private static RawClient.Response send(RawClient client, ScriptedOrigin origin, String method, String path)
            throws IOException {
        String host = Lab.HOST + ":" + origin.port();
        String body = method.equals("POST") ? "Content-Length: 5\r\n\r\nhello" : "\r\n";
        client.send(method + " https://" + host + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + body);
        return client.readResponse(method);
    }
}
