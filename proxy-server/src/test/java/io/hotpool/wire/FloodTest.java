package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.Flood;
import io.hotpool.wire.fixture.H2Frame;
import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** HTTP/2 peers, clients and origins, that flood: their connection ends within two seconds, and nobody else notices. */
@Tag("check-36")
class FloodTest {
    private static final Duration BOUND = Duration.ofSeconds(2);
    private static final Duration MOST = Duration.ofSeconds(10);

    @RegisterExtension
    static final Lab lab = Lab.standard();

    @ParameterizedTest
    @EnumSource(Flood.class)
    void a_client_that_floods_is_closed_and_the_others_go_on(Flood flood) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf()).start();
                Others others = new Others(origin)) {
            String host = Lab.HOST + ":" + origin.port();
            H2Peer client = lab.interceptedH2(host);
            client.read(H2Frame.SETTINGS);
            Duration took = flood.run(
                    client, MOST, ":method", "GET", ":scheme", "https", ":authority", host, ":path", "/flood");

            assertThat(took).isLessThan(BOUND);
            others.goOnBeingServed();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Flood.class, mode = Mode.EXCLUDE, names = "RAPID_RESET")
    void an_origin_that_floods_is_closed_and_the_others_go_on(Flood flood) throws Exception {
        CompletableFuture<Duration> took = new CompletableFuture<>();
        try (ScriptedOrigin calm = ScriptedOrigin.tls(lab.leaf()).start();
                Others others = new Others(calm);
                ScriptedOrigin hostile = ScriptedOrigin.tls(lab.leaf())
                        .http2(peer -> {
                            peer.settings();
                            peer.readRequest();
                            took.complete(flood.run(peer, MOST, ":status", "200"));
                        })
                        .start();
                RawClient victim = lab.client()) {
            String host = Lab.OTHER + ":" + hostile.port();
            // A POST: it is not tried again, and so the flood is one connection's.
            victim.send("POST https://" + host + "/ HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\n\r\n");

            assertThat(took.get(30, TimeUnit.SECONDS)).isLessThan(BOUND);
            assertThat(victim.readResponse("POST").status()).isEqualTo(502);
            others.goOnBeingServed();
        }
    }

    /** Another client that asks another host all the time: each of its requests has to succeed, also during the flood. */
    private static final class Others implements AutoCloseable {
        private final AtomicBoolean goOn = new AtomicBoolean(true);
        private final AtomicInteger answered = new AtomicInteger();
        private final CompletableFuture<Void> end;

        Others(ScriptedOrigin origin) {
            end = CompletableFuture.runAsync(() -> ask(Lab.HOST + ":" + origin.port()));
        }

        void goOnBeingServed() {
            int before = answered.get();
            Wait.until(() -> assertThat(end.isDone() || answered.get() > before).isTrue());
        }

        private void ask(String host) {
            try (RawClient client = lab.client()) {
                while (goOn.get()) {
                    assertThat(client.get("https://" + host + "/other", "Host: " + host)
                                    .status())
                            .isEqualTo(200);
                    answered.incrementAndGet();
                }
            } catch (IOException e) {
                throw new AssertionError("the other client's request: " + e, e);
            }
        }

        @Override
        public void close() {
            goOn.set(false);
            end.orTimeout(30, TimeUnit.SECONDS).join();
        }
    }
}
