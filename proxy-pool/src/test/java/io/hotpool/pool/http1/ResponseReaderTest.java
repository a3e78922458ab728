package io.hotpool.pool.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken from origins: as lenient as browsers where that is safe, and no further. Line ends are written as | here. */
class ResponseReaderTest {
    private final Log log = new Log();

    /** What a reader reported, one line each. */
    private static final class Log implements ResponseReader.Events {
        final List<String> lines = new ArrayList<>();
        final StringBuilder body = new StringBuilder();
        BodyFraming framing;

        @Override
        public void onInterim(ResponseHead head) {
            lines.add("interim " + head.status());
        }

        @Override
        public void onHead(ResponseHead head, BodyFraming framing) {
            this.framing = framing;
            StringBuilder line = new StringBuilder("head " + head.status() + " " + head.bodyLength());
            head.headers()
                    .forEach((name, value) ->
                            line.append(' ').append(name).append('=').append(value));
            lines.add(line.toString());
        }

        @Override
        public void onSwitched(ResponseHead head) {
            lines.add("switched");
        }

        @Override
        public void onBody(ByteBuf piece) {
            body.append(piece.toString(StandardCharsets.ISO_8859_1));
            piece.release();
        }

        @Override
        public void onEnd(HeaderList trailers) {
            StringBuilder line = new StringBuilder("end " + body);
            trailers.forEach(
                    (name, value) -> line.append(' ').append(name).append('=').append(value));
            lines.add(line.toString());
        }
    }

    private List<String> read(String method, String answer) {
        ResponseReader reader = new ResponseReader(method, false, log);
        reader.read(bytes(answer));
        return log.lines;
    }

    private static ByteBuf bytes(String answer) {
        return Unpooled.copiedBuffer(answer.replace("|", "\r\n"), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "GET HTTP/1.1 200 OK|Content-Length: 2||hi > head 200 2 Content-Length=2 ; end hi",
                "GET HTTP/1.1 200|Content-Length: 0|| > head 200 0 Content-Length=0 ; end",
                "HEAD HTTP/1.1 200 OK|Content-Length: 9|| > head 200 0 Content-Length=9 ; end",
                "GET HTTP/1.1 304 x|Content-Length: 9|| > head 304 0 Content-Length=9 ; end",
                "GET HTTP/1.1 204 x|| > head 204 0 ; end",
                "GET HTTP/1.1 103 x|Link: a||HTTP/1.1 100||HTTP/1.1 204 x|| > interim 103 ; interim 100 ; head 204 0 ; end",
                "GET HTTP/1.1 200 OK|Transfer-Encoding: chunked||2|hi|3;x=y|abc|0|| > head 200 -1 ; end hiabc",
                "GET HTTP/1.1 200 OK|Transfer-Encoding: Chunked||1 |x|0|A: b|Content-Length: 4|Host: h|| > head 200 -1 ; end x A=b",
                "GET HTTP/1.1 200 OK|Connection: close, X-Hop|X-Hop: 1|Keep-Alive: 5|X: 1|Content-Length: 0|| > head 200 0 X=1 Content-Length=0 ; end",
                "GET HTTP/1.1 200 OK|Content-Length: 2|Content-Length: 2||hi > head 200 2 Content-Length=2 ; end hi",
                "GET HTTP/1.1 200 OK|Content-Length: 2, 2||hi > head 200 2 Content-Length=2 ; end hi",
                "GET HTTP/1.1 200 OK|Content-Length: 5|Transfer-Encoding: chunked||2|hi|0|| > head 200 -1 ; end hi",
                "GET |HTTP/1.1 200 OK|Content-Length: 0|| > head 200 0 Content-Length=0 ; end",
                "GET HTTP/1.1 200 OK|A : b|no colon|bad name: x|: y|C: d| e|Content-Length: 0|| > head 200 0 A=b C=d e Content-Length=0 ; end",
            })
    void is_accepted(String exchange, String events) {
        int space = exchange.indexOf(' ');
        List<String> lines = read(exchange.substring(0, space), exchange.substring(space + 1));
        assertThat(String.join(" ; ", lines.stream().map(String::trim).toList()))
                .isEqualTo(events);
    }

    @Test
    void bare_line_feeds_end_lines() {
        new ResponseReader("GET", false, log)
                .read(Unpooled.copiedBuffer(
                        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\nx\n0\n\n", StandardCharsets.US_ASCII));
        assertThat(log.lines).containsExactly("head 200 -1", "end x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/2 200 OK||",
                "HTTP/1.1 20 OK||",
                "HTTP/1.1 2000 OK||",
                "HTTP/1.1 abc||",
                "ICY 200 OK||",
                "<html>no HTTP at all</html>|",
                "HTTP/1.1 099 x||",
                "HTTP/1.1 101 Switching|Upgrade: x||",
                "HTTP/1.1 200 OK|Content-Length: 1|Content-Length: 2||",
                "HTTP/1.1 200 OK|Content-Length: 1, 2||",
                "HTTP/1.1 200 OK|Content-Length: -1||",
                "HTTP/1.1 200 OK|Content-Length: +1||",
                "HTTP/1.1 200 OK|Content-Length: 0x1||",
                "HTTP/1.1 200 OK|Content-Length: ||",
                "HTTP/1.1 200 OK|Content-Length: 99999999999999999999||",
                "HTTP/1.1 200 OK|Transfer-Encoding: gzip, chunked||",
                "HTTP/1.1 200 OK|X: a\u0000b||",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||x|",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||-1|",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||0x1|",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked|||",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||1111111111111111|",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||1|xy|",
            })
    void is_refused(String answer) {
        assertThatThrownBy(() -> read("GET", answer))
                .isInstanceOfSatisfying(Fault.class, f -> assertThat(f.kind()).isEqualTo(FaultKind.UPSTREAM_PROTOCOL));
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 x|Content-Length: 0||, true",
        "HTTP/1.1 200 x|Content-Length: 0|Connection: Close||, false",
        "HTTP/1.0 200 x|Content-Length: 0||, false",
        "HTTP/1.0 200 x|Content-Length: 0|Connection: keep-alive||, true",
        "HTTP/1.0 200 x|Content-Length: 0|Connection: keep-alive|Transfer-Encoding: chunked||, false",
        "HTTP/1.1 200 x||, false",
        "HTTP/1.1 200 x|Transfer-Encoding: chunked|Content-Length: 3||0||, false",
        "HTTP/1.1 200 x|Transfer-Encoding: chunked||0||, true",
    })
    void the_connection_lives_on(String answer, boolean persistent) {
        read("GET", answer);
        assertThat(log.framing.persistent()).isEqualTo(persistent);
    }

    @Test
    void a_head_may_come_byte_by_byte() {
        ResponseReader reader = new ResponseReader("GET", false, log);
        String answer =
                "HTTP/1.1 200 OK|A: b|Transfer-Encoding: chunked||a|0123456789|1|x|0|T: u||".replace("|", "\r\n");
        for (int i = 0; i < answer.length(); i++) {
            reader.read(Unpooled.copiedBuffer(answer.substring(i, i + 1), StandardCharsets.US_ASCII));
        }
        assertThat(log.lines).containsExactly("head 200 -1 A=b", "end 0123456789x T=u");
    }

    @Test
    void what_follows_the_response_is_left() {
        ByteBuf in = bytes("HTTP/1.1 204 x||HTTP/1.1 200 OK||");
        new ResponseReader("GET", false, log).read(in);
        assertThat(log.lines).hasSize(2);
        assertThat(in.readableBytes()).isEqualTo(19);
    }

    @Test
    void a_head_at_the_limit_is_taken_and_one_byte_more_is_refused() {
        String start = "HTTP/1.1 200 OK|Content-Length: 0|X: ".replace("|", "\r\n");
        String fits = start + "v".repeat(ResponseReader.MAX_HEAD - start.length() - 4) + "\r\n\r\n";
        assertThat(read("GET", fits)).hasSize(2);
        assertThatThrownBy(() -> read("GET", fits.replace("X: ", "X: v"))).isInstanceOf(Fault.class);
    }

    @Test
    void endless_interim_responses_are_refused() {
        assertThatThrownBy(() -> read("GET", "HTTP/1.1 100||".repeat(33))).isInstanceOf(Fault.class);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 OK|, false",
        "HTTP/1.1 200 OK|Content-Length: 5||abc, false",
        "HTTP/1.1 200 OK|Transfer-Encoding: chunked||3|abc|, false",
        "HTTP/1.1 200 OK|Transfer-Encoding: chunked||3|abc|0|, false",
        "HTTP/1.1 200 OK||abc, true",
    })
    void the_end_of_input_is_proper_only_for_a_body_until_close(String answer, boolean proper) {
        ResponseReader reader = new ResponseReader("GET", false, log);
        reader.read(bytes(answer));
        assertThat(reader.endOfInput()).isEqualTo(proper);
    }
}
