package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.wire.fixture.DaemonProcess;
import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.RawClient;
import io.hotpool.wire.fixture.ScriptedOrigin;
import io.hotpool.wire.fixture.Step;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A daemon that is told to stop while its clients are busy. */
@Timeout(60)
class ShutdownTest {
    private static final int GOAWAY = 7;

    @RegisterExtension
    static final Lab lab = Lab.inOwnProcess(config -> config.set("proxy", "drain_timeout = \"20s\""));

    @Test
    void a_stop_lets_every_exchange_end_tells_clients_of_both_protocols_and_leaves_its_figures_in_the_log()
            throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                        .script(Step.readRequest(), Step.await(letGo), Step.respond(200, "whole"))
                        .start();
                RawClient idle = lab.client();
                RawClient busy = lab.client()) {
            String authority = Lab.HOST + ":" + origin.port();
            String url = "https://" + authority + "/";
            busy.send("GET " + url + "h1 HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
            H2Peer h2 = lab.interceptedH2(authority);
            h2.headers(1, true, ":method", "GET", ":scheme", "https", ":authority", authority, ":path", "/h2");
            Process curl = lab.curl(url + "curl").open();
            Wait.until(() -> assertThat(origin.requests()).hasSize(3));

            DaemonProcess daemon = (DaemonProcess) lab.daemon();
            CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(daemon::stop);
            assertThat(h2.read(GOAWAY))
                    .as("the client learns that new requests belong elsewhere")
                    .isNotNull();
            assertThat(idle.closed())
                    .as("who asks for nothing is closed at once")
                    .isTrue();
            Wait.until(() -> assertThatThrownBy(() -> lab.client().close())
                    .as("nobody new is taken")
                    .isInstanceOf(IOException.class));
            assertThat(exit).isNotDone();
            letGo.countDown();

            RawClient.Response answer = busy.readResponse();
            assertThat(answer.text()).isEqualTo("whole");
            assertThat(answer.header("Connection")).isEqualToIgnoringCase("close");
            assertThat(new String(h2.readData(1), StandardCharsets.UTF_8)).isEqualTo("whole");
            assertThat(new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("whole");
            assertThat(curl.waitFor()).isZero();
            assertThat(exit.get(20, TimeUnit.SECONDS)).isZero();
            assertThat(daemon.output())
                    .contains("final statistics: 3 requests in", "success 100.0 %", "3 connections opened", "stopped")
                    .doesNotContain("were cut");
        }
    }

    @Test
    void what_does_not_end_is_cut_at_the_deadline_and_the_stop_is_clean_all_the_same() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tls(lab.leaf())
                        .script(Step.readRequest(), Step.await(new CountDownLatch(1)))
                        .start();
                DaemonProcess daemon =
                        (DaemonProcess) lab.start(config -> config.set("proxy", "drain_timeout = \"300ms\""), true);
                RawClient client = new RawClient(daemon.proxy())) {
            String authority = Lab.HOST + ":" + origin.port();
            client.send("GET https://" + authority + "/ HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
            Wait.until(() -> assertThat(origin.requests()).hasSize(1));
            assertThat(daemon.stop()).isZero();
            assertThat(client.closed()).isTrue();
            assertThat(daemon.output()).contains("1 exchanges and tunnels were cut at the drain timeout");
        }
    }
}
