package io.hotpool.pool.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.hotpool.pool.fingerprint.Http2Opening.Priority;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AkamaiHttp2Test {
    private static final String PREFACE =
            HexFormat.of().formatHex("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

    @ParameterizedTest
    @ValueSource(strings = {"chromium-156", "firefox-esr-153"})
    void a_browsers_opening_has_its_text(String client) {
        JsonNode http2 = ReferenceFiles.read("clients/" + client + ".json").get("http2");
        Http2Opening opening = Http2OpeningParser.parse(opening(http2)).orElseThrow();
        assertThat(AkamaiHttp2.text(opening)).isEqualTo(http2.get("akamai").asText());
        assertThat(AkamaiHttp2.md5(opening)).isEqualTo(http2.get("akamai_md5").asText());
        JsonNode priority = http2.at("/requests/navigate/priority");
        assertThat(opening.headersPriority())
                .isEqualTo(new Priority(
                        http2.get("first_stream").asInt(),
                        priority.get("exclusive").asBoolean(),
                        priority.get("depends_on").asInt(),
                        priority.get("weight").asInt()));
        assertThat(opening.headerNames()).containsExactlyElementsOf(texts(http2.at("/requests/navigate/header_order")));
        assertThat(opening.firstStreamId()).isEqualTo(http2.get("first_stream").asInt());
        assertThat(FingerprintReport.of(opening))
                .containsEntry("akamai", http2.get("akamai").asText());
    }

    @Test
    void every_shorter_opening_waits_for_more() {
        byte[] whole = opening(ReferenceFiles.read("clients/chromium-156.json").get("http2"));
        for (int length = 0; length < whole.length; length++) {
            assertThat(Http2OpeningParser.parse(Arrays.copyOf(whole, length))).isEmpty();
        }
    }

    @Test
    void priority_frames_and_a_missing_window_update_are_in_the_text() {
        // nghttp 1.52: SETTINGS, five PRIORITY frames, HEADERS
        String bytes = PREFACE
                + frame(4, 0, 0, "000300000064" + "00040000ffff")
                + frame(2, 0, 3, "00000000c8")
                + frame(2, 0, 9, "80000007" + "00")
                + frame(1, 5, 13, "82868441016187");
        Http2Opening opening =
                Http2OpeningParser.parse(HexFormat.of().parseHex(bytes)).orElseThrow();
        assertThat(AkamaiHttp2.text(opening)).isEqualTo("3:100;4:65535|00|3:0:0:201,9:1:7:1|m,s,p,a,s");
        assertThat(opening.headersPriority()).isNull();
    }

    @Test
    void a_header_block_may_be_continued_and_padded() {
        String bytes =
                PREFACE + frame(4, 0, 0, "") + frame(1, 0x8, 1, "03" + "8286" + "000000") + frame(9, 0x4, 1, "84");
        Http2Opening opening =
                Http2OpeningParser.parse(HexFormat.of().parseHex(bytes)).orElseThrow();
        assertThat(opening.pseudoHeaders()).containsExactly(":method", ":scheme", ":path");
        assertThat(opening.frames()).containsExactly("SETTINGS", "HEADERS", "CONTINUATION");
    }

    @Test
    void what_is_not_http2_is_refused() {
        assertThatThrownBy(() -> Http2OpeningParser.parse("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII)))
                .hasMessage("preface: not that of HTTP/2");
        refused(frame(8, 0, 0, "00000001"), "first frame: WINDOW_UPDATE instead of SETTINGS");
        refused(frame(4, 0, 0, "") + frame(9, 4, 1, "82"), "frame CONTINUATION: inside a header block");
        refused(frame(4, 0, 0, "") + frame(1, 0, 1, "82") + frame(8, 0, 0, "00000001"), "inside a header block");
        refused(frame(4, 0, 0, "0003"), "setting");
        refused(frame(4, 0, 0, "") + frame(1, 0xc, 1, "7f82"), "padding: 127 bytes of 1");
        refused(frame(4, 0, 0, "") + frame(1, 4, 1, "ffffffffff"), "header block: ");
        refused(frame(4, 0, 0, "") + "ffffff" + "0000" + "00000000", "frame length: 16777215");
    }

    private static void refused(String frames, String message) {
        assertThatThrownBy(() -> Http2OpeningParser.parse(HexFormat.of().parseHex(PREFACE + frames)))
                .isInstanceOf(MalformedInputException.class)
                .hasMessageContaining(message);
    }

    /** The captured facts of a connection's first frames put back into bytes. */
    private static byte[] opening(JsonNode http2) {
        StringBuilder settings = new StringBuilder();
        http2.get("settings")
                .forEach(s -> settings.append(
                        String.format("%04x%08x", s.get(0).asInt(), s.get(1).asLong())));
        JsonNode request = http2.at("/requests/navigate");
        JsonNode priority = request.get("priority");
        String first = String.format(
                "%08x%02x",
                priority.get("depends_on").asLong() | (priority.get("exclusive").asBoolean() ? 1L << 31 : 0),
                priority.get("weight").asInt() - 1);
        String bytes = PREFACE
                + frame(4, 0, 0, settings.toString())
                + frame(
                        8,
                        0,
                        0,
                        String.format("%08x", http2.get("window_update").asInt()))
                + frame(
                        1,
                        request.get("flags").asInt(),
                        request.get("stream").asInt(),
                        first + request.get("hpack").asText());
        return HexFormat.of().parseHex(bytes);
    }

    private static String frame(int type, int flags, int stream, String payload) {
        return String.format("%06x%02x%02x%08x", payload.length() / 2, type, flags, stream) + payload;
    }

    private static List<String> texts(JsonNode array) {
        return java.util.stream.StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
