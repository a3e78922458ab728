package io.hotpool.pool.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RecordingListener;
import io.hotpool.pool.http.RecordingResponse;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.pool.http.TestFacts;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Http1ConnectionTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final RecordingListener listener = new RecordingListener();
    private final RecordingResponse response = new RecordingResponse();
    private Http1Connection connection = attach(TestFacts.clear(Protocol.H1, 80));

    private Http1Connection attach(ConnectionFacts facts) {
        return Http1Connection.attach(channel, facts, listener);
    }

    private void overTls() {
        channel.pipeline().remove("http1");
        connection = attach(TestFacts.secure(Protocol.H1));
    }

    @AfterEach
    void nothing_is_left_behind() {
        channel.finishAndReleaseAll();
        assertThat(connection.active()).isZero();
        assertThat(listener.closed).isNotNull();
    }

    // Requests

    @Test
    void a_head_is_written_verbatim() {
        connection.open(
                get(HeaderList.of(
                        "Host", "www.example.com", "Connection", "keep-alive", "sec-CH-ua", "\"x\"", "X-B", "\u00e9")),
                response);
        assertThat(sent())
                .isEqualTo("GET /page HTTP/1.1\r\nHost: www.example.com\r\nConnection: keep-alive\r\n"
                        + "sec-CH-ua: \"x\"\r\nX-B: \u00e9\r\n\r\n");
    }

    @Test
    void fields_that_several_requests_share_are_written_the_same_each_time_and_follow_a_body() {
        HeaderList shared =
                HeaderList.of("Host", "www.example.com", "Accept", "*/*").fix();
        String lines = "Host: www.example.com\r\nAccept: */*\r\n\r\n";
        assertThat(answered(get(shared))).isEqualTo("GET /page HTTP/1.1\r\n" + lines);
        assertThat(answered(get(shared))).isEqualTo("GET /page HTTP/1.1\r\n" + lines);
        assertThat(answered(get(HeaderList.of("Host", "www.example.com", "Accept", "text/css"))))
                .isEqualTo("GET /page HTTP/1.1\r\nHost: www.example.com\r\nAccept: text/css\r\n\r\n");

        RequestSink request = connection.open(request("POST", 1, shared), response);
        request.data(text("a"));
        request.end(new HeaderList());
        assertThat(sent())
                .isEqualTo("POST /page HTTP/1.1\r\nHost: www.example.com\r\nAccept: */*\r\nContent-Length: 1\r\n\r\na");
    }

    private String answered(RequestHead head) {
        connection.open(head, response);
        String sent = sent();
        channel.writeInbound(text(OK + "ok"));
        return sent;
    }

    @Test
    void framing_that_is_missing_or_contradicts_the_body_is_put_right() {
        RequestSink request =
                connection.open(request("POST", 3, HeaderList.of("Transfer-Encoding", "chunked")), response);
        request.data(text("abc"));
        request.end(new HeaderList());
        assertThat(sent()).isEqualTo("POST /page HTTP/1.1\r\nHost: www.example.com\r\nContent-Length: 3\r\n\r\nabc");
        assertThat(response.written).isEqualTo(3);
    }

    @Test
    void a_body_of_unknown_length_is_chunked_and_may_have_trailers() {
        RequestSink request = connection.open(request("POST", -1, HeaderList.of("Content-Length", "9")), response);
        request.data(text("0123456789abcdef!"));
        request.data(Unpooled.EMPTY_BUFFER);
        request.data(text("x"));
        request.end(HeaderList.of("X-Sum", "1"));
        assertThat(sent())
                .isEqualTo("POST /page HTTP/1.1\r\nHost: www.example.com\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "11\r\n0123456789abcdef!\r\n1\r\nx\r\n0\r\nX-Sum: 1\r\n\r\n");
        assertThat(response.written).isEqualTo(18);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX: y", "a\nb", "a\u0000b", "\u20ac"})
    void a_value_that_would_change_the_head_is_not_sent(String value) {
        connection.open(get(HeaderList.of("X", value)), response);
        assertThat(response.fault.kind()).isEqualTo(FaultKind.BAD_REQUEST);
        assertThat(response.fault.unprocessed()).isTrue();
        assertThat(sent()).isEmpty();
        assertThat(connection.accepting()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"abcd", "ab"})
    void a_body_of_another_length_than_announced_closes(String body) {
        RequestSink request = connection.open(request("POST", 3, new HeaderList()), response);
        request.data(text(body));
        request.end(new HeaderList());
        assertThat(response.fault.kind()).isEqualTo(FaultKind.BAD_REQUEST);
        assertThat(listener.closed).isEqualTo(CloseReason.CANCELLED);
    }

    // Responses

    @Test
    void a_connection_carries_one_exchange_after_the_other() {
        for (int i = 0; i < 3; i++) {
            RecordingResponse each = new RecordingResponse();
            connection.open(get(new HeaderList()), each);
            assertThat(connection.active()).isEqualTo(1);
            receive(OK + "hi");
            assertThat(each.body()).isEqualTo("hi");
            assertThat(each.ended()).isTrue();
            assertThat(connection.active()).isZero();
        }
        assertThat(connection.accepting()).isTrue();
        assertThat(listener.changes).isEqualTo(3);
    }

    @Test
    void the_next_exchange_may_be_opened_while_the_end_is_being_told() {
        RecordingResponse next = new RecordingResponse();
        response.onEnd = () -> connection.open(get(new HeaderList()), next);
        connection.open(get(new HeaderList()), response);
        receive(OK + "hi");
        receive(OK + "ho");
        assertThat(next.body()).isEqualTo("ho");
    }

    @Test
    void interim_responses_are_passed_on() {
        RequestSink request = connection.open(request("PUT", 2, HeaderList.of("Expect", "100-continue")), response);
        receive("HTTP/1.1 100 Continue\r\n\r\n");
        assertThat(response.interims).hasSize(1);
        request.data(text("hi"));
        request.end(new HeaderList());
        receive(OK + "hi");
        assertThat(connection.accepting()).isTrue();
    }

    @Test
    void a_response_before_the_request_is_complete_makes_the_connection_unusable() {
        RequestSink request = connection.open(request("POST", -1, new HeaderList()), response);
        receive("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
        assertThat(response.head.status()).isEqualTo(417);
        assertThat(response.ended()).isTrue();
        assertThat(listener.closed).isEqualTo(CloseReason.NOT_REUSABLE);
        request.data(text("late"));
    }

    @Test
    void a_second_response_that_nobody_asked_for_closes_and_is_not_delivered() {
        connection.open(get(new HeaderList()), response);
        receive(OK + "hi" + OK + "no");
        assertThat(response.body()).isEqualTo("hi");
        assertThat(listener.closed).isEqualTo(CloseReason.UNSOLICITED_DATA);
    }

    @Test
    void bytes_on_an_idle_connection_close_it() {
        receive(OK);
        assertThat(listener.closed).isEqualTo(CloseReason.UNSOLICITED_DATA);
        assertThat(connection.accepting()).isFalse();
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void an_answer_that_is_not_http_is_a_protocol_fault() {
        connection.open(get(new HeaderList()), response);
        receive("SSH-2.0-OpenSSH\r\n");
        assertThat(response.fault.kind()).isEqualTo(FaultKind.UPSTREAM_PROTOCOL);
        assertThat(response.fault.host()).isEqualTo("www.example.com");
        assertThat(listener.closed).isEqualTo(CloseReason.PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NTLM", "Negotiate abc"})
    void a_connection_that_a_login_is_bound_to_says_so(String scheme) {
        assertThat(connection.authenticated()).isFalse();
        connection.open(get(HeaderList.of("Authorization", scheme)), response);
        receive(OK + "hi");
        assertThat(connection.authenticated()).isTrue();
        assertThat(connection.accepting()).isTrue();
    }

    @Test
    void the_offer_of_a_bound_login_is_enough() {
        connection.open(get(new HeaderList()), response);
        receive("HTTP/1.1 401 x\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n");
        assertThat(connection.authenticated()).isTrue();
    }

    // Ends

    @ParameterizedTest
    @CsvSource({
        "'', UPSTREAM_CLOSED",
        "HTTP/1.1 2, UPSTREAM_TRUNCATED",
        "OK, UPSTREAM_TRUNCATED",
        "OKh, UPSTREAM_TRUNCATED"
    })
    void a_connection_that_ends_faults_by_how_far_the_response_was(String received, FaultKind kind) {
        connection.open(get(new HeaderList()), response);
        receive(received.replace("OK", OK));
        channel.close();
        assertThat(response.fault.kind()).isEqualTo(kind);
        assertThat(response.fault.unprocessed()).isFalse();
        assertThat(listener.closed).isEqualTo(CloseReason.PEER_CLOSED);
    }

    @Test
    void a_body_until_close_ends_with_the_connection() {
        connection.open(get(new HeaderList()), response);
        receive("HTTP/1.0 200 OK\r\n\r\nall of it");
        channel.close();
        assertThat(response.body()).isEqualTo("all of it");
        assertThat(response.ended()).isTrue();
    }

    @Test
    void a_body_until_close_that_a_reset_ends_is_truncated() {
        connection.open(get(new HeaderList()), response);
        receive("HTTP/1.0 200 OK\r\n\r\nhalf");
        channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        assertThat(response.fault.kind()).isEqualTo(FaultKind.UPSTREAM_TRUNCATED);
        assertThat(response.fault.detail())
                .startsWith("the connection broke (Connection reset by peer) inside the response body");
        assertThat(listener.closed).isEqualTo(CloseReason.IO_ERROR);
    }

    @Test
    void over_tls_a_body_until_close_needs_a_close_notify() {
        overTls();
        connection.open(get(new HeaderList()), response);
        receive("HTTP/1.0 200 OK\r\n\r\nhalf");
        channel.close();
        assertThat(response.fault.kind()).isEqualTo(FaultKind.UPSTREAM_TRUNCATED);
    }

    @Test
    void over_tls_a_close_notify_ends_a_body_until_close() {
        overTls();
        connection.open(get(new HeaderList()), response);
        receive("HTTP/1.0 200 OK\r\n\r\nall");
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(response.ended()).isTrue();
        assertThat(listener.closed).isNotNull();
    }

    @Test
    void an_idle_connection_that_the_peer_closes_is_gone_at_once() {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(listener.closed).isEqualTo(CloseReason.PEER_CLOSED);
        connection.open(get(new HeaderList()), response);
        assertThat(response.fault.kind()).isEqualTo(FaultKind.UPSTREAM_CLOSED);
        assertThat(response.fault.unprocessed()).isTrue();
    }

    @Test
    void closing_faults_the_open_exchange() {
        connection.open(get(new HeaderList()), response);
        connection.close(CloseReason.SHUTDOWN);
        assertThat(response.fault).isNotNull();
        assertThat(listener.closed).isEqualTo(CloseReason.SHUTDOWN);
    }

    @Test
    void a_drained_connection_closes_after_its_exchange() {
        connection.open(get(new HeaderList()), response);
        connection.drain(CloseReason.MAX_LIFETIME);
        assertThat(connection.accepting()).isFalse();
        receive(OK + "hi");
        assertThat(response.ended()).isTrue();
        assertThat(listener.closed).isEqualTo(CloseReason.MAX_LIFETIME);
    }

    // Back-pressure and cancel

    @Test
    void reading_stops_above_the_credit_and_goes_on_when_consumed() {
        RequestSink request = connection.open(get(new HeaderList()), response);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        receive("x".repeat(RequestSink.CREDIT));
        assertThat(channel.config().isAutoRead()).isTrue();
        receive("x");
        assertThat(channel.config().isAutoRead()).isFalse();
        request.consumed(1);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void cancel_before_the_response_closes() {
        connection.open(get(new HeaderList()), response).cancel(Fault.of(FaultKind.CLIENT_GONE, "test"));
        assertThat(listener.closed).isEqualTo(CloseReason.CANCELLED);
        assertThat(response.fault).isNull();
    }

    @Test
    void cancel_reads_a_small_rest_and_keeps_the_connection() {
        RequestSink request = connection.open(get(new HeaderList()), response);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\nx");
        request.cancel(Fault.of(FaultKind.CLIENT_GONE, "test"));
        receive("x".repeat(59_999));
        assertThat(response.bytes()).isEqualTo(1);
        assertThat(response.ended()).isFalse();
        assertThat(connection.accepting()).isTrue();
        assertThat(connection.active()).isZero();
    }

    @Test
    void cancel_does_not_wait_long_for_a_small_rest() {
        RequestSink request = connection.open(get(new HeaderList()), response);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\nx");
        request.cancel(Fault.of(FaultKind.CLIENT_GONE, "test"));
        assertThat(listener.closed).isNull();
        channel.advanceTimeBy(2, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(listener.closed).isEqualTo(CloseReason.CANCELLED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 70000", "Transfer-Encoding: chunked"})
    void cancel_of_a_large_response_closes(String framing) {
        RequestSink request = connection.open(get(new HeaderList()), response);
        receive("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n");
        request.cancel(Fault.of(FaultKind.CLIENT_GONE, "test"));
        if (listener.closed == null) {
            receive("fffff\r\n" + "x".repeat(70_000));
        }
        assertThat(listener.closed).isEqualTo(CloseReason.CANCELLED);
    }

    // Upgrade

    @Test
    void after_an_upgrade_bytes_go_both_ways_until_both_have_ended() {
        RequestSink request = connection.open(upgrade(), response);
        assertThat(sent()).contains("Connection: Upgrade\r\nUpgrade: websocket\r\n");
        receive("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nfirst");
        assertThat(response.upgraded).isTrue();
        request.data(text("ping"));
        assertThat(sent()).isEqualTo("ping");
        receive("HTTP/1.1 404 is only bytes now");
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(response.body()).isEqualTo("firstHTTP/1.1 404 is only bytes now");
        assertThat(response.ended()).isTrue();
        assertThat(listener.closed).isNull();
        request.data(text("pong"));
        assertThat(sent()).isEqualTo("pong");
        assertThat(response.written).isEqualTo(8);
        request.end(new HeaderList());
        assertThat(listener.closed).isEqualTo(CloseReason.NOT_REUSABLE);
    }

    @Test
    void after_the_end_of_input_reading_is_not_asked_for_again() {
        RequestSink request = connection.open(upgrade(), response);
        receive("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
        receive("x".repeat(RequestSink.CREDIT + 1));
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        request.consumed(RequestSink.CREDIT + 1);
        assertThat(channel.config().isAutoRead()).isFalse();
    }

    @Test
    void the_pool_hears_of_the_end_when_the_socket_is_gone() {
        List<ChannelPromise> held = new ArrayList<>();
        channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
                held.add(promise);
            }
        });
        connection.close(CloseReason.SHUTDOWN);
        assertThat(connection.accepting()).isFalse();
        assertThat(listener.closed).isNull();

        channel.pipeline().removeFirst();
        channel.close(held.get(0));
        assertThat(listener.closed).isEqualTo(CloseReason.SHUTDOWN);
    }

    @Test
    void an_upgrade_that_is_refused_is_an_ordinary_response() {
        connection.open(upgrade(), response);
        receive(OK + "no");
        assertThat(response.body()).isEqualTo("no");
        assertThat(connection.accepting()).isTrue();
    }

    private void receive(String bytes) {
        if (!bytes.isEmpty()) {
            channel.writeInbound(text(bytes));
        }
        channel.runPendingTasks();
    }

    private String sent() {
        channel.runPendingTasks();
        StringBuilder all = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            all.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
        return all.toString();
    }

    private static ByteBuf text(String s) {
        return Unpooled.copiedBuffer(s, StandardCharsets.ISO_8859_1);
    }

    private static RequestHead get(HeaderList headers) {
        return request("GET", 0, headers);
    }

    private static RequestHead request(String method, long bodyLength, HeaderList headers) {
        return new RequestHead(
                method,
                Origin.http("www.example.com", 80),
                "www.example.com",
                "/page",
                headers,
                bodyLength,
                RequestKind.FETCH,
                "");
    }

    private static RequestHead upgrade() {
        return new RequestHead(
                "GET",
                Origin.http("www.example.com", 80),
                "www.example.com",
                "/ws",
                new HeaderList(),
                0,
                RequestKind.WEBSOCKET,
                "websocket");
    }
}
