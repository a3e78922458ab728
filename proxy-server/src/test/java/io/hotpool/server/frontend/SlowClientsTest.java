package io.hotpool.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.wire.fixture.H2Frame;
import io.hotpool.wire.fixture.H2Peer;
import io.hotpool.wire.fixture.RawClient;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that stop: reading their answer, sending their request, or both. */
@Timeout(60)
class SlowClientsTest {
    private static final String HEAD = "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n";
    private static final String[] POST = {":method", "POST", ":scheme", "https", ":authority", "a.example", ":path", "/"
    };

    private final ProxyUnderTest proxy = new ProxyUnderTest("""
            [proxy]
            client_idle_timeout = "1s"
            plain_http = "always"
            """);

    @AfterEach
    void stop() {
        proxy.close();
    }

    private H2Peer http2() throws Exception {
        RawClient client = proxy.client().connect("a.example:443");
        H2Peer peer = client.tls(proxy.trust(), "a.example", "h2").http2();
        peer.read(H2Frame.SETTINGS);
        return peer;
    }

    /** An answer of 64 MiB, as fast as it is taken. */
    private static void flood(FakePool.Call call) {
        call.response.head(new ResponseHead(200, "", new HeaderList(), RequestHead.UNKNOWN_LENGTH, Protocol.H1));
        for (int i = 0; i < 1000; i++) {
            call.response.data(Unpooled.wrappedBuffer(new byte[64 * 1024]));
        }
    }

    @Test
    void a_client_that_stops_reading_its_answer_is_given_up() throws Exception {
        proxy.pool.atEnd = SlowClientsTest::flood;
        try (RawClient client = proxy.client()) {
            client.send(HEAD);
            await().until(() -> !proxy.ended.isEmpty());

            assertThat(proxy.ended.get(0).fault()).isEqualTo(FaultKind.CLIENT_GONE);
            assertThat(proxy.ended.get(0).detail()).contains("took nothing of its answer for");
            assertThat(proxy.pool.last().cancelled).isNotNull();
        }
    }

    @Test
    void a_client_that_stops_reading_a_stream_loses_that_stream_only() throws Exception {
        proxy.pool.atEnd = call -> {
            if (call.head.path().equals("/unread")) {
                flood(call);
            } else {
                call.answer(200, "read");
            }
        };
        H2Peer client = http2();
        client.headers(1, true, ":method", "GET", ":scheme", "https", ":authority", "a.example", ":path", "/unread");
        assertThat(client.readBlock().get(":status")).isEqualTo("200");
        H2Frame reset = client.read(H2Frame.DATA); // the last that is read of it: no credit is given for the rest
        while (reset.type() != H2Frame.RST_STREAM) {
            reset = client.readWithoutCredit();
        }
        assertThat(reset.stream()).isEqualTo(1);
        assertThat(proxy.ended.get(0).detail()).contains("took nothing of its answer");

        client.headers(3, true, ":method", "GET", ":scheme", "https", ":authority", "a.example", ":path", "/read");
        assertThat(client.readBlock().stream()).isEqualTo(3);
    }

    @Test
    void a_big_answer_does_not_hold_up_one_that_the_client_made_depend_on_it() throws Exception {
        int much = 60_000;
        ResponseHead head = new ResponseHead(200, "", new HeaderList(), RequestHead.UNKNOWN_LENGTH, Protocol.H1);
        proxy.pool.atEnd = small -> {
            if (small.head.path().equals("/small")) {
                FakePool.Call big = proxy.pool.calls.get(0);
                big.response.head(head);
                big.response.data(Unpooled.wrappedBuffer(new byte[much]));
                big.response.data(Unpooled.wrappedBuffer(new byte[1])); // the one before waits for the next flush now
                small.response.head(head);
                small.response.data(Unpooled.wrappedBuffer(new byte[1]));
                small.response.end(new HeaderList());
            }
        };
        H2Peer client = http2();
        client.headers(1, true, ":method", "GET", ":scheme", "https", ":authority", "a.example", ":path", "/big");
        await().until(() -> proxy.pool.calls.size() == 1);
        byte[] exclusivelyOn1 = {(byte) 0x80, 0, 0, 1, 15};
        client.cork();
        client.headers(3, true, ":method", "GET", ":scheme", "https", ":authority", "a.example", ":path", "/small");
        client.send(H2Frame.PRIORITY, 0, 3, exclusivelyOn1);
        client.uncork();

        int before = 0;
        for (H2Frame data = client.read(H2Frame.DATA); data.stream() == 1; data = client.read(H2Frame.DATA)) {
            before += data.payload().length;
        }
        assertThat(before).isLessThan(much);
    }

    @Test
    void an_upload_that_stops_in_http2_is_answered_408() throws Exception {
        H2Peer client = http2();
        client.headers(1, false, POST);
        client.data(1, "a beginning", false);

        assertThat(client.readBlock().get(":status")).isEqualTo("408");
        assertThat(proxy.ended.get(0).fault()).isEqualTo(FaultKind.REQUEST_TIMEOUT);
        await().until(() -> proxy.pool.last().cancelled != null);
    }

    @Test
    void a_silent_rpc_is_left_alone() throws Exception {
        H2Peer client = http2();
        String[] rpc = java.util.Arrays.copyOf(POST, POST.length + 2);
        rpc[POST.length] = "content-type";
        rpc[POST.length + 1] = "application/grpc+proto";
        client.headers(1, false, rpc);
        await().until(() -> !proxy.pool.calls.isEmpty());
        await().during(Duration.ofMillis(1400)).until(proxy.ended::isEmpty);

        client.data(1, "late", true);
        assertThat(client.readBlock().get(":status")).isEqualTo("200");
    }

    @Test
    void an_upload_whose_turn_is_the_origins_is_not_timed() throws Exception {
        proxy.pool.atHead = call -> call.keepsCredit = true;
        proxy.pool.atEnd = call -> call.answer(200, "done");
        H2Peer client = http2();
        client.headers(1, false, POST);
        await().until(() -> !proxy.pool.calls.isEmpty() && proxy.pool.last().keepsCredit);
        for (int sent = 0; sent < io.hotpool.pool.http.RequestSink.CREDIT; sent += 16384) {
            client.data(1, new byte[16384], false);
        }
        await().during(Duration.ofMillis(1400)).until(proxy.ended::isEmpty);
    }

    @Test
    void a_client_that_closed_its_half_gets_an_answer_that_takes_longer_than_an_idle_client_may() throws Exception {
        int pieces = 8;
        proxy.pool.atEnd = call -> {
            call.response.head(new ResponseHead(200, "", HeaderList.of("Content-Length", "8"), pieces, Protocol.H1));
            for (int i = 1; i <= pieces; i++) {
                call.loop.schedule(
                        () -> call.response.data(Unpooled.copiedBuffer("x", StandardCharsets.US_ASCII)),
                        i * 200L,
                        TimeUnit.MILLISECONDS);
            }
            call.loop.schedule(() -> call.response.end(new HeaderList()), pieces * 200L + 1, TimeUnit.MILLISECONDS);
        };
        try (RawClient client = proxy.client()) {
            client.send(HEAD);
            client.socket().shutdownOutput();

            assertThat(client.readResponse().text()).isEqualTo("x".repeat(pieces));
        }
    }

    @Test
    void a_client_that_closed_its_half_does_not_wait_for_ever() throws Exception {
        proxy.pool.atEnd = call -> {};
        try (RawClient client = proxy.client()) {
            client.send(HEAD);
            client.socket().shutdownOutput();

            await().until(() -> proxy.pool.last().cancelled != null);
            assertThat(proxy.ended.get(0).fault()).isEqualTo(FaultKind.CLIENT_GONE);
        }
    }
}
