package io.hotpool.pool.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
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
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.hotpool.pool.profile.Profiles;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Http2ConnectionTest {
    private static final int MIB = 1 << 20;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final RecordingListener listener = new RecordingListener();
    private final ReceiveBudget budget = new ReceiveBudget(2 * MIB);
    private Http2Connection connection = attach("chromium-156");

    @AfterEach
    void nothing_is_left_behind() {
        channel.finishAndReleaseAll();
        assertThat(budget.total()).isZero();
        assertThat(connection.active()).isZero();
        assertThat(listener.closed).isNotNull();
    }

    private Http2Connection attach(String profile) {
        return Http2Connection.attach(
                channel,
                TestFacts.secure(Protocol.H2),
                Profiles.builtIn().find(profile).orElseThrow().http2(),
                listener,
                budget);
    }

    private void firefox() {
        channel.pipeline().remove("http2");
        sent();
        connection = attach("firefox-153");
    }

    // The opening

    @Test
    void chromium_sends_settings_window_update_and_headers_before_the_settings_ack() {
        receive(Frames.settings(3, 100));
        connection.open(get("/"), new RecordingResponse());
        assertThat(names(sent()))
                .containsExactly("SETTINGS 0", "WINDOW_UPDATE 0 15663105", "SETTINGS 0 ack", "HEADERS 1 end");
    }

    @Test
    void a_request_opened_at_once_is_in_the_same_flight() {
        connection.open(get("/"), new RecordingResponse());
        List<Frames.Frame> frames = sent();
        assertThat(names(frames)).containsExactly("SETTINGS 0", "WINDOW_UPDATE 0 15663105", "HEADERS 1 end");
        assertThat(ByteBufUtil.hexDump(frames.get(0).payload()))
                .isEqualTo("000100010000" + "000200000000" + "000400600000" + "000600040000");
        assertThat(frames.get(2).flags()).isEqualTo(0x25);
        assertThat(ByteBufUtil.hexDump(frames.get(2).payload())).startsWith("80000000ff" + "82");
    }

    @Test
    void firefox_starts_at_stream_3_and_widens_every_stream() {
        firefox();
        connection.open(get("/"), new RecordingResponse());
        connection.open(get("/2"), new RecordingResponse());
        assertThat(names(sent()))
                .containsExactly(
                        "SETTINGS 0",
                        "WINDOW_UPDATE 0 12517377",
                        "HEADERS 3 end",
                        "WINDOW_UPDATE 3 12451840",
                        "HEADERS 5 end",
                        "WINDOW_UPDATE 5 12451840");
    }

    @Test
    void priority_depends_on_the_newest_open_stream_of_the_same_weight_else_of_the_next_higher() {
        connection.open(kind(RequestKind.STYLE), new RecordingResponse());
        connection.open(kind(RequestKind.SCRIPT), new RecordingResponse());
        connection.open(kind(RequestKind.IMAGE), new RecordingResponse());
        connection.open(kind(RequestKind.SCRIPT), new RecordingResponse());
        connection.open(kind(RequestKind.STYLE), new RecordingResponse());
        connection.open(kind(RequestKind.STYLE), new RecordingResponse());
        assertThat(sent().stream()
                        .filter(f -> f.type() == Frames.HEADERS)
                        .map(f -> ByteBufUtil.hexDump(f.payload()).substring(0, 10)))
                .containsExactly("80000000ff", "80000001db", "80000003b6", "80000003db", "80000001ff", "80000009ff");
    }

    @Test
    void a_head_larger_than_a_frame_continues() {
        connection.open(
                get("/").withHeaders(HeaderList.of("x-big", "\u00ff".repeat(40_000)), RequestKind.FETCH),
                new RecordingResponse());
        assertThat(names(sent()))
                .containsSubsequence("HEADERS 1 end", "CONTINUATION 1", "CONTINUATION 1")
                .hasSize(5);
    }

    // Responses

    @Test
    void a_response_with_interim_body_and_trailers_arrives_in_order() {
        RecordingResponse response = ready();
        receive(Frames.headers(1, false, ":status", "103", "link", "</a>"));
        receive(Frames.headers(1, false, ":status", "200", "content-type", "text/plain"));
        receive(Frames.data(1, false, "hello "), Frames.data(1, false, "world"));
        receive(Frames.headers(1, true, "x-sum", "1"));
        assertThat(response.interims).extracting(h -> h.status()).containsExactly(103);
        assertThat(response.head.status()).isEqualTo(200);
        assertThat(response.head.bodyLength()).isEqualTo(RequestHead.UNKNOWN_LENGTH);
        assertThat(response.body()).isEqualTo("hello world");
        assertThat(response.trailers).isEqualTo(HeaderList.of("x-sum", "1"));
        assertThat(connection.active()).isZero();
        assertThat(connection.accepting()).isTrue();
    }

    @Test
    void the_answer_to_head_may_have_a_content_length_and_no_body() {
        RecordingResponse response = new RecordingResponse();
        connection.open(method("HEAD", 0), response);
        receive(Frames.settings(), Frames.headers(1, true, ":status", "200", "content-length", "7"));
        assertThat(response.head.bodyLength()).isZero();
        assertThat(response.ended()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 9})
    void content_length_other_than_the_sum_of_data_is_a_stream_error(int length) {
        RecordingResponse response = ready();
        receive(Frames.headers(1, false, ":status", "200", "content-length", Integer.toString(length)));
        receive(Frames.data(1, true, "123456"));
        assertThat(response.fault.kind()).isEqualTo(FaultKind.UPSTREAM_PROTOCOL);
        assertThat(names(sent())).contains("RST_STREAM 1 1");
        assertThat(connection.accepting()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"connection", "transfer-encoding", "X-Upper", "bad name", ":path", ""})
    void a_field_that_is_not_allowed_is_a_stream_error(String name) {
        RecordingResponse response = ready();
        receive(Frames.headers(1, true, ":status", "200", name, "x"));
        assertThat(response.fault.kind()).isEqualTo(FaultKind.UPSTREAM_PROTOCOL);
        assertThat(response.fault.unprocessed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"101", "99", "20", "abc"})
    void a_status_that_is_not_allowed_is_a_stream_error(String status) {
        RecordingResponse response = ready();
        receive(Frames.headers(1, false, ":status", status));
        assertThat(response.fault.kind()).isEqualTo(FaultKind.UPSTREAM_PROTOCOL);
    }

    @Test
    void a_push_promise_ends_the_connection() {
        RecordingResponse response = ready();
        byte[] payload = ByteBufUtil.getBytes(Unpooled.buffer().writeInt(2).writeBytes(Frames.block(":method", "GET")));
        receive(Frames.frame(Frames.PUSH_PROMISE, Frames.END_HEADERS, 1, payload));
        assertThat(listener.closed).isEqualTo(CloseReason.PROTOCOL_ERROR);
        assertThat(response.fault.kind()).isEqualTo(FaultKind.UPSTREAM_PROTOCOL);
        assertThat(names(sent())).contains("GOAWAY 0 1");
    }

    @Test
    void a_profile_that_leaves_push_on_refuses_what_is_pushed_and_goes_on() {
        channel.pipeline().remove("http2");
        sent();
        connection = attach("chrome-100");
        RecordingResponse response = ready();
        byte[] promise = ByteBufUtil.getBytes(Unpooled.buffer()
                .writeInt(2)
                .writeBytes(Frames.block(":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/")));
        receive(Frames.frame(Frames.PUSH_PROMISE, Frames.END_HEADERS, 1, promise));
        receive(Frames.headers(2, false, ":status", "200"), Frames.data(2, true, "pushed"));
        receive(Frames.headers(1, true, ":status", "200"));
        assertThat(names(sent())).anyMatch(name -> name.startsWith("RST_STREAM 2 "));
        assertThat(response.ended()).isTrue();
        assertThat(listener.closed).isNull();
    }

    // Request bodies

    @Test
    void end_stream_rides_on_the_last_byte_of_a_body_of_known_length() {
        RecordingResponse response = new RecordingResponse();
        RequestSink request = connection.open(method("POST", 7), response);
        request.data(text("1234567"));
        request.end(new HeaderList());
        assertThat(names(sent())).endsWith("HEADERS 1", "DATA 1 end");
        assertThat(response.written).isEqualTo(7);
    }

    @Test
    void a_body_of_unknown_length_ends_with_an_empty_frame_or_trailers() {
        RequestSink plain = connection.open(method("POST", -1), new RecordingResponse());
        plain.data(text("x"));
        assertThat(names(sent())).endsWith("HEADERS 1", "DATA 1");
        plain.end(new HeaderList());
        RequestSink trailing = connection.open(method("POST", -1), new RecordingResponse());
        trailing.data(text("y"));
        trailing.end(HeaderList.of("X-Sum", "1"));
        assertThat(names(sent())).containsSubsequence("DATA 1 end").containsSubsequence("DATA 3", "HEADERS 3 end");
    }

    @Test
    void sending_obeys_the_windows_is_fair_and_credits_what_left() {
        receive(Frames.settings(4, 1000));
        RecordingResponse first = new RecordingResponse();
        RecordingResponse second = new RecordingResponse();
        RequestSink one = connection.open(method("POST", -1), first);
        RequestSink two = connection.open(method("POST", -1), second);
        sent();
        one.data(Unpooled.wrappedBuffer(new byte[3000]));
        two.data(Unpooled.wrappedBuffer(new byte[500]));
        assertThat(names(sent())).containsExactlyInAnyOrder("DATA 1", "DATA 3");
        assertThat(first.written).isZero();
        assertThat(second.written).isEqualTo(500);
        receive(Frames.windowUpdate(1, 5000));
        assertThat(sent().stream().mapToInt(f -> f.payload().length).sum()).isEqualTo(2000);
        assertThat(first.written).isEqualTo(3000);
    }

    @Test
    void a_big_chunk_in_a_small_window_is_credited_as_it_leaves() {
        receive(Frames.settings(4, 20_000));
        RecordingResponse response = new RecordingResponse();
        connection.open(method("POST", 60_000), response).data(Unpooled.wrappedBuffer(new byte[60_000]));
        sent();
        assertThat(response.written).isEqualTo(16_384);
        receive(Frames.windowUpdate(1, 20_000));
        sent();
        assertThat(response.written).isEqualTo(32_768);
        receive(Frames.windowUpdate(1, 20_000));
        assertThat(names(sent())).endsWith("DATA 1 end");
        assertThat(response.written).isEqualTo(60_000);
    }

    @Test
    void a_body_of_another_length_than_announced_resets_the_stream() {
        RecordingResponse response = new RecordingResponse();
        RequestSink request = connection.open(method("POST", 3), response);
        request.data(text("1234"));
        assertThat(response.fault.kind()).isEqualTo(FaultKind.BAD_REQUEST);
        assertThat(names(sent())).endsWith("RST_STREAM 1 8");
        assertThat(connection.accepting()).isTrue();
    }

    @Test
    void a_response_that_is_complete_before_the_request_stops_the_upload() {
        RecordingResponse response = new RecordingResponse();
        RequestSink request = connection.open(method("POST", -1), response);
        receive(Frames.settings(), Frames.headers(1, true, ":status", "413"));
        assertThat(names(sent())).endsWith("HEADERS 1", "SETTINGS 0 ack", "RST_STREAM 1 8");
        receive(Frames.reset(1, 0));
        request.data(text("ignored"));
        assertThat(response.ended()).isTrue();
        assertThat(connection.active()).isZero();
        assertThat(connection.accepting()).isTrue();
    }

    // Flow control and slow receivers

    @Test
    void a_slow_receiver_is_given_the_credit_and_no_more_until_it_consumes() {
        RecordingResponse response = new RecordingResponse();
        RequestSink request = connection.open(get("/"), response);
        receive(Frames.settings(), Frames.headers(1, false, ":status", "200"));
        for (int i = 0; i < 64; i++) {
            receive(Frames.data(1, 16_384));
        }
        assertThat(response.bytes()).isBetween(RequestSink.CREDIT, RequestSink.CREDIT + 16_384);
        assertThat(budget.total()).isEqualTo(MIB - response.bytes());
        receive(Frames.frame(Frames.DATA, Frames.END_STREAM, 1));
        assertThat(response.ended()).isFalse();
        while (!response.ended()) {
            request.consumed(50_000);
        }
        assertThat(response.bytes()).isEqualTo(MIB);
    }

    @Test
    void the_connection_window_is_refilled_though_nothing_is_consumed() {
        ReceiveBudget ample = new ReceiveBudget(64 * MIB);
        channel.pipeline().remove("http2");
        sent();
        connection = Http2Connection.attach(channel, connection.facts(), chromium(), listener, ample);
        for (int i = 0; i < 4; i++) {
            connection.open(get("/"), new RecordingResponse());
        }
        receive(Frames.settings());
        for (int stream = 1; stream < 8; stream += 2) {
            receive(Frames.headers(stream, false, ":status", "200"));
            for (int i = 0; i < 5 * 64; i++) {
                receive(Frames.data(stream, 16_384));
            }
        }
        assertThat(listener.closed).isNull(); // 20 MiB through a window of 15
        assertThat(names(sent())).anyMatch(name -> name.startsWith("WINDOW_UPDATE 0 78"));
        connection.close(CloseReason.SHUTDOWN);
        assertThat(ample.total()).isZero();
    }

    /** Firefox 153 gives back 4 MiB at a time, as seen in a download of 30 MB. */
    @Test
    void firefox_updates_its_windows_in_steps_of_4_MiB() {
        firefox();
        download(3, 1023);
        assertThat(names(sent())).noneMatch(name -> name.startsWith("WINDOW_UPDATE"));
        receive(Frames.data(3, 4096), Frames.data(3, 4096));
        assertThat(names(sent())).containsExactly("WINDOW_UPDATE 0 4194304", "WINDOW_UPDATE 3 4194304");
    }

    /** Chromium 156 gives back more than half of a window: 3 MiB of a stream's 6, 7.5 of the connection's 15. */
    @Test
    void chromium_updates_its_windows_by_halves() {
        download(1, 768);
        assertThat(names(sent())).containsExactly("WINDOW_UPDATE 1 3145728");
        for (int i = 0; i < 1152; i++) {
            receive(Frames.data(1, 4096));
        }
        assertThat(names(sent())).containsExactly("WINDOW_UPDATE 1 3145728", "WINDOW_UPDATE 0 7864320");
    }

    /** As seen of Chromium 156 after a pause: {@code WINDOW_UPDATE 0} with the 102 bytes of three answers. */
    @Test
    void chromium_gives_back_a_little_when_the_last_time_was_long_ago() {
        download(1, 1);
        assertThat(names(sent())).isEmpty();
        channel.advanceTimeBy(5, TimeUnit.SECONDS);
        receive(Frames.data(1, 100));
        assertThat(names(sent())).containsExactly("WINDOW_UPDATE 0 4196", "WINDOW_UPDATE 1 4196");
        receive(Frames.data(1, 100));
        assertThat(names(sent())).isEmpty();
    }

    @Test
    void chromium_looks_after_a_connection_that_was_quiet_for_10_seconds() {
        ready();
        sent();
        channel.advanceTimeBy(9, TimeUnit.SECONDS);
        connection.open(get("/"), new RecordingResponse());
        assertThat(names(sent())).containsExactly("HEADERS 3 end");
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        connection.open(get("/"), new RecordingResponse());
        connection.open(get("/"), new RecordingResponse());
        List<Frames.Frame> frames = sent();
        assertThat(names(frames)).containsExactly("HEADERS 5 end", "PING 0", "HEADERS 7 end");
        assertThat(ByteBufUtil.hexDump(frames.get(1).payload())).isEqualTo("0000000000000001");
        receive(Frames.frame(Frames.PING, Frames.ACK, 0, frames.get(1).payload()));
        channel.advanceTimeBy(10, TimeUnit.SECONDS);
        connection.open(get("/"), new RecordingResponse());
        assertThat(ByteBufUtil.hexDump(sent().get(1).payload())).isEqualTo("0000000000000002");
    }

    @Test
    void firefoxs_pings_are_empty_and_it_says_that_it_goes_and_chromium_does_not() {
        ready();
        sent();
        connection.close(CloseReason.IDLE_TIMEOUT);
        assertThat(names(sent())).isEmpty();
        EmbeddedChannel other = new EmbeddedChannel();
        Http2Connection firefox = Http2Connection.attach(
                other,
                TestFacts.secure(Protocol.H2),
                Profiles.builtIn().find("firefox-153").orElseThrow().http2(),
                new RecordingListener(),
                budget);
        Frames.sent(other);
        firefox.ping(TimeUnit.SECONDS.toNanos(1), alive -> {});
        firefox.ping(TimeUnit.SECONDS.toNanos(1), alive -> {});
        assertThat(Frames.sent(other))
                .allMatch(ping -> ByteBufUtil.hexDump(ping.payload()).equals("0000000000000000"));
        firefox.close(CloseReason.IDLE_TIMEOUT);
        List<Frames.Frame> last = Frames.sent(other);
        assertThat(names(last)).containsExactly("GOAWAY 0 0");
        assertThat(ByteBufUtil.hexDump(last.get(0).payload())).isEqualTo("0000000000000000");
        other.finishAndReleaseAll();
    }

    /** An answer of so many times 4096 bytes that is taken at once. */
    private void download(int stream, int frames) {
        RecordingResponse response = new RecordingResponse();
        response.consumeAt(connection.open(get("/"), response));
        receive(Frames.settings(), Frames.headers(stream, false, ":status", "200"));
        sent();
        for (int i = 0; i < frames; i++) {
            receive(Frames.data(stream, 4096));
        }
    }

    @Test
    void stream_credit_is_returned_when_the_receiver_consumes() {
        RecordingResponse response = new RecordingResponse();
        RequestSink request = connection.open(get("/"), response);
        response.consumeAt(request);
        receive(Frames.settings(), Frames.headers(1, false, ":status", "200"));
        sent();
        int updates = 0;
        for (int i = 0; i < 800; i++) {
            receive(Frames.data(1, 16_384));
        }
        for (String name : names(sent())) {
            updates += name.startsWith("WINDOW_UPDATE 1") ? 1 : 0;
        }
        assertThat(updates).isBetween(3, 5);
        assertThat(response.bytes()).isEqualTo(800 * 16_384);
    }

    @Test
    void above_the_process_wide_limit_the_stream_that_keeps_most_is_reset() {
        RecordingResponse greedy = new RecordingResponse();
        RecordingResponse modest = new RecordingResponse();
        connection.open(get("/greedy"), greedy);
        connection.open(get("/modest"), modest);
        receive(Frames.settings());
        receive(Frames.headers(1, false, ":status", "200"), Frames.headers(3, false, ":status", "200"));
        for (int i = 0; i < 40; i++) {
            receive(Frames.data(3, 16_384));
        }
        for (int i = 0; i < 130 && greedy.fault == null; i++) {
            receive(Frames.data(1, 16_384));
        }
        assertThat(greedy.fault).isNotNull();
        assertThat(modest.fault).isNull();
        assertThat(names(sent())).contains("RST_STREAM 1 8");
        assertThat(budget.total()).isLessThan(2 * MIB);
    }

    @Test
    void cancel_resets_the_stream_and_the_connection_goes_on() {
        RecordingResponse response = new RecordingResponse();
        RequestSink request = connection.open(get("/"), response);
        receive(Frames.settings(), Frames.headers(1, false, ":status", "200"));
        request.cancel(Fault.of(FaultKind.CLIENT_GONE, "test"));
        request.cancel(Fault.of(FaultKind.CLIENT_GONE, "test"));
        assertThat(names(sent())).endsWith("RST_STREAM 1 8");
        receive(Frames.data(1, false, "late"), Frames.data(1, true, "later"));
        assertThat(names(sent())).isEmpty();
        RecordingResponse next = new RecordingResponse();
        connection.open(get("/"), next);
        receive(Frames.headers(3, true, ":status", "204"));
        assertThat(next.ended()).isTrue();
        assertThat(response.bytes()).isZero();
    }

    // The peer ends streams or the connection

    @Test
    void a_connection_of_which_many_streams_were_reset_takes_no_more_and_ends_with_its_last_one() {
        RecordingResponse stays = ready();
        for (int i = 0; i < SentResets.MOST; i++) {
            assertThat(connection.accepting()).isTrue();
            connection.open(get("/"), new RecordingResponse()).cancel(Fault.of(FaultKind.CLIENT_GONE, "test"));
        }
        assertThat(connection.accepting()).isFalse();
        assertThat(listener.closed).isNull();
        receive(Frames.headers(1, true, ":status", "200"));
        assertThat(stays.ended()).isTrue();
        assertThat(listener.closed).isEqualTo(CloseReason.MANY_RESETS);
    }

    @Test
    void refused_stream_is_proven_unprocessed_and_another_reset_is_not() {
        RecordingResponse refused = ready();
        receive(Frames.reset(1, 7));
        assertThat(refused.fault.kind()).isEqualTo(FaultKind.UPSTREAM_RESET);
        assertThat(refused.fault.unprocessed()).isTrue();
        RecordingResponse failed = new RecordingResponse();
        connection.open(method("POST", 0), failed);
        receive(Frames.reset(3, 2));
        assertThat(failed.fault.kind()).isEqualTo(FaultKind.UPSTREAM_RESET);
        assertThat(failed.fault.unprocessed()).isFalse();
    }

    @Test
    void go_away_ends_the_streams_above_its_last_and_lets_the_others_complete() {
        RecordingResponse first = new RecordingResponse();
        RecordingResponse second = new RecordingResponse();
        connection.open(get("/1"), first);
        connection.open(get("/2"), second);
        receive(Frames.settings(), Frames.goAway(1, 0));
        assertThat(second.fault.unprocessed()).isTrue();
        assertThat(connection.accepting()).isFalse();
        assertThat(listener.closed).isNull();
        receive(Frames.headers(1, true, ":status", "200"));
        assertThat(first.ended()).isTrue();
        assertThat(listener.closed).isEqualTo(CloseReason.PEER_GOAWAY);
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void after_go_away_a_stream_up_to_its_last_may_have_been_processed() {
        RecordingResponse first = ready();
        receive(Frames.goAway(1, 11));
        channel.close();
        assertThat(first.fault.kind()).isEqualTo(FaultKind.UPSTREAM_CLOSED);
        assertThat(first.fault.detail())
                .startsWith("the connection ended after GOAWAY ENHANCE_YOUR_CALM before the response (connection 1, ");
        assertThat(connection.ending()).endsWith("; exchanges lost: 1");
        assertThat(first.fault.unprocessed()).isFalse();
        assertThat(listener.closed).isEqualTo(CloseReason.PEER_GOAWAY);
    }

    @Test
    void a_connection_that_ends_faults_by_how_far_each_response_was() {
        RecordingResponse unanswered = new RecordingResponse();
        RecordingResponse cut = new RecordingResponse();
        connection.open(get("/1"), unanswered);
        connection.open(get("/2"), cut);
        receive(Frames.settings(), Frames.headers(3, false, ":status", "200"));
        channel.close();
        assertThat(unanswered.fault.kind()).isEqualTo(FaultKind.UPSTREAM_CLOSED);
        assertThat(unanswered.fault.unprocessed()).isFalse();
        assertThat(cut.fault.kind()).isEqualTo(FaultKind.UPSTREAM_TRUNCATED);
        assertThat(listener.closed).isEqualTo(CloseReason.PEER_CLOSED);
    }

    @Test
    void an_upload_that_waits_for_window_was_not_processed_when_go_away_says_so() {
        RecordingResponse refused = new RecordingResponse();
        connection.open(method("POST", -1), refused).data(Unpooled.buffer().writeZero(100_000));
        receive(Frames.settings(), Frames.goAway(0, 0));
        assertThat(refused.fault.kind()).isEqualTo(FaultKind.UPSTREAM_CLOSED);
        assertThat(refused.fault.unprocessed()).isTrue();
    }

    @Test
    void an_upload_that_waits_for_window_is_lost_with_its_connection() {
        RecordingResponse lost = new RecordingResponse();
        connection.open(method("POST", -1), lost).data(Unpooled.buffer().writeZero(100_000));
        receive(Frames.settings());
        channel.close();
        assertThat(lost.fault.kind()).isEqualTo(FaultKind.UPSTREAM_CLOSED);
        assertThat(lost.fault.detail()).startsWith("the connection ended before the response");
    }

    @Test
    void a_write_that_fails_breaks_the_connection_and_not_the_protocol() {
        RecordingResponse response = new RecordingResponse();
        RequestSink request = connection.open(method("POST", -1), response);
        channel.runPendingTasks();
        channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ReferenceCountUtil.release(message);
                promise.tryFailure(new IOException("sendAddress(..) failed with error(-32): Broken pipe"));
            }
        });
        request.data(Unpooled.buffer().writeZero(10));
        channel.runPendingTasks();
        assertThat(response.fault.kind()).isEqualTo(FaultKind.UPSTREAM_CLOSED);
        assertThat(response.fault.detail()).startsWith("the connection broke (Broken pipe) before the response");
        assertThat(listener.closed).isEqualTo(CloseReason.IO_ERROR);
    }

    @Test
    void a_connection_that_breaks_says_by_what() {
        RecordingResponse response = new RecordingResponse();
        connection.open(get("/"), response);
        channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        assertThat(response.fault.kind()).isEqualTo(FaultKind.UPSTREAM_CLOSED);
        assertThat(response.fault.detail()).contains("Connection reset by peer");
        assertThat(listener.closed).isEqualTo(CloseReason.IO_ERROR);
    }

    @Test
    void a_connection_that_ends_because_nothing_can_be_written_says_by_what() {
        RecordingResponse response = ready();
        channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ReferenceCountUtil.release(message);
                promise.setFailure(new IOException("sendAddress(..) failed with error(-32): Broken pipe"));
            }
        });
        connection.open(get("/2"), new RecordingResponse());
        channel.runPendingTasks();
        channel.pipeline().removeFirst();
        channel.close();
        assertThat(response.fault.detail()).startsWith("the connection broke (Broken pipe) before the response");
    }

    @Test
    void a_failure_of_ours_is_not_one_of_the_origin() {
        RecordingResponse response = new RecordingResponse();
        connection.open(get("/"), response);
        channel.pipeline().fireExceptionCaught(new IllegalStateException("a bug"));
        assertThat(response.fault.kind()).isEqualTo(FaultKind.INTERNAL);
        assertThat(listener.closed).isEqualTo(CloseReason.IO_ERROR);
    }

    @Test
    void close_notify_closes() {
        ready();
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(listener.closed).isEqualTo(CloseReason.PEER_CLOSED);
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void a_request_after_the_end_is_refused_as_unprocessed() {
        connection.close(CloseReason.IDLE_TIMEOUT);
        RecordingResponse late = new RecordingResponse();
        connection.open(get("/"), late);
        assertThat(late.fault.unprocessed()).isTrue();
    }

    // Capacity and life

    @Test
    void capacity_is_100_until_the_peer_has_said_and_within_our_bound_then() {
        assertThat(connection.capacity()).isEqualTo(100);
        receive(Frames.settings(4, 100_000));
        assertThat(connection.capacity()).isEqualTo(100);
        receive(Frames.settings(3, 0));
        assertThat(connection.capacity()).isZero();
        receive(Frames.settings(3, 1));
        assertThat(connection.capacity()).isEqualTo(1);
        receive(Frames.settings(3, 100_000));
        assertThat(connection.capacity()).isEqualTo(256);
        assertThat(listener.changes).isEqualTo(4);
    }

    @Test
    void a_drained_connection_closes_with_its_last_exchange() {
        RecordingResponse response = ready();
        connection.drain(CloseReason.MAX_LIFETIME);
        assertThat(connection.accepting()).isFalse();
        assertThat(listener.closed).isNull();
        receive(Frames.headers(1, true, ":status", "200"));
        assertThat(response.ended()).isTrue();
        assertThat(listener.closed).isEqualTo(CloseReason.MAX_LIFETIME);
    }

    @Test
    void pings_are_answered_and_asked() {
        receive(Frames.settings());
        sent();
        receive(Frames.frame(Frames.PING, 0, 0, new byte[8]));
        assertThat(names(sent())).containsExactly("PING 0 ack");
        List<Boolean> answers = new ArrayList<>();
        connection.ping(TimeUnit.SECONDS.toNanos(1), answers::add);
        Frames.Frame ping = sent().get(0);
        receive(Frames.frame(Frames.PING, Frames.ACK, 0, ping.payload()));
        connection.ping(TimeUnit.SECONDS.toNanos(1), answers::add);
        channel.advanceTimeBy(2, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(answers).containsExactly(true, false);
    }

    @Test
    void stream_ids_run_out() {
        Http2Shape shape = chromium();
        Http2Shape last = new Http2Shape(
                shape.settings(),
                0,
                0,
                Integer.MAX_VALUE,
                shape.pseudoHeaders(),
                shape.priorities(),
                List.of(),
                shape.hpack());
        channel.pipeline().remove("http2");
        connection = Http2Connection.attach(channel, TestFacts.secure(Protocol.H2), last, listener, budget);
        assertThat(connection.accepting()).isTrue();
        connection.open(get("/"), new RecordingResponse());
        assertThat(connection.accepting()).isFalse();
    }

    // Floods

    @Test
    void floods_of_frames_that_carry_nothing_close_the_connection() {
        for (ByteBuf frame :
                List.of(Frames.frame(Frames.PING, 0, 0, new byte[8]), Frames.settings(), Frames.data(1, false, ""))) {
            EmbeddedChannel flooded = new EmbeddedChannel();
            RecordingListener told = new RecordingListener();
            Http2Connection victim =
                    Http2Connection.attach(flooded, TestFacts.secure(Protocol.H2), chromium(), told, budget);
            victim.open(get("/"), new RecordingResponse());
            flooded.writeInbound(Frames.settings(), Frames.headers(1, false, ":status", "200"));
            for (int i = 0; i < 20_000 && told.closed == null; i++) {
                flooded.writeInbound(frame.retainedDuplicate());
            }
            frame.release();
            assertThat(told.closed).isEqualTo(CloseReason.PROTOCOL_ERROR);
            assertThat(names(Frames.sent(flooded))).contains("GOAWAY 0 11");
            flooded.finishAndReleaseAll();
        }
    }

    @Test
    void floods_of_continuation_close_the_connection() {
        ready();
        receive(Frames.frame(Frames.HEADERS, 0, 1, Frames.block(":status", "200")));
        for (int i = 0; i < 10_000 && listener.closed == null; i++) {
            receive(Frames.frame(Frames.CONTINUATION, 0, 1));
        }
        assertThat(listener.closed).isEqualTo(CloseReason.PROTOCOL_ERROR);
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
    void a_header_list_that_expands_beyond_the_limit_is_refused() {
        RecordingResponse response = ready();
        ByteBuf block = Unpooled.buffer();
        block.writeBytes(Frames.block(":status", "200"));
        block.writeByte(0x40)
                .writeByte(1)
                .writeByte('a')
                .writeByte(127)
                .writeByte(0x80 | (4000 - 127) % 128)
                .writeByte((4000 - 127) / 128);
        block.writeBytes("v".repeat(4000).getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 1000; i++) {
            block.writeByte(0x80 | 62); // the 4000 bytes again
        }
        receive(Frames.frame(Frames.HEADERS, Frames.END_HEADERS, 1, ByteBufUtil.getBytes(block)));
        assertThat(response.fault.kind()).isEqualTo(FaultKind.UPSTREAM_PROTOCOL);
    }

    private RecordingResponse ready() {
        RecordingResponse response = new RecordingResponse();
        response.consumeAt(connection.open(get("/"), response));
        receive(Frames.settings());
        return response;
    }

    private void receive(ByteBuf... frames) {
        for (ByteBuf frame : frames) {
            channel.writeInbound(frame);
        }
        channel.runPendingTasks();
    }

    private List<Frames.Frame> sent() {
        return Frames.sent(channel);
    }

    private static List<String> names(List<Frames.Frame> frames) {
        return frames.stream().map(Frames.Frame::toString).toList();
    }

    private static ByteBuf text(String s) {
        return Unpooled.copiedBuffer(s, StandardCharsets.ISO_8859_1);
    }

    private static Http2Shape chromium() {
        return Profiles.builtIn().find("chromium-156").orElseThrow().http2();
    }

    private static RequestHead get(String path) {
        return RequestHead.get(Origin.https("www.example.com", 443), path);
    }

    private static RequestHead kind(RequestKind kind) {
        return get("/").withHeaders(new HeaderList(), kind);
    }

    private static RequestHead method(String method, long bodyLength) {
        return new RequestHead(
                method,
                Origin.https("www.example.com", 443),
                "www.example.com",
                "/",
                new HeaderList(),
                bodyLength,
                RequestKind.FETCH,
                "");
    }
}
