package io.hotpool.pool.http2;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.hotpool.pool.profile.Profiles;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Header blocks against what real browsers sent on one connection, in the order in which they sent it. */
class HeaderBlockWriterTest {
    @ParameterizedTest
    @CsvSource({
        "chromium-156, chromium-156, navigate style script image fetch font fetch_post_json fetch_put xhr xhr_post iframe",
        "chromium-156, chromium-156, cors_preflight cors_fetch_post",
        "firefox-153, firefox-esr-153, navigate style script image iframe font fetch",
        "firefox-153, firefox-esr-153, cors_preflight cors_fetch_post cors_fetch_credentials",
        "firefox-153, firefox-esr-153, navigate_cross_site",
    })
    void the_same_fields_give_the_same_bytes_as_the_browser(String profile, String capture, String requests)
            throws IOException {
        JsonNode captured = capture(capture);
        HeaderBlockWriter writer = new HeaderBlockWriter(shape(profile));
        for (String request : requests.split(" ")) {
            JsonNode node = captured.get(request);
            assertThat(hex(writer, head(node)))
                    .as(request)
                    .isEqualTo(node.get("hpack").asText());
        }
    }

    @Test
    void short_cookies_of_firefox_are_never_indexed_and_long_ones_are() {
        HeaderBlockWriter writer = new HeaderBlockWriter(shape("firefox-153"));
        RequestHead head = get("/", HeaderList.of("cookie", "a=1; b=a-value-longer-than-that"));
        assertThat(hex(writer, head)).contains("1f11821c01");
        String again = hex(writer, head);
        assertThat(again).contains("1f2f821c01"); // its name by the oldest entry of that name
        assertThat(again).endsWith("be"); // the long one: indexed, the newest entry
    }

    @Test
    void every_cookie_of_chromium_is_a_field_of_its_own_and_indexed() throws Exception {
        HeaderBlockWriter writer = new HeaderBlockWriter(shape("chromium-156"));
        RequestHead head = get("/", HeaderList.of("cookie", "a=1; b=2;c=3"));
        ByteBuf out = Unpooled.buffer();
        writer.write(head, out);
        Http2Headers decoded = new DefaultHttp2HeadersDecoder(false).decodeHeaders(1, out);
        assertThat(decoded.getAll("cookie")).extracting(CharSequence::toString).containsExactly("a=1", "b=2", "c=3");
        assertThat(hex(writer, head)).isEqualTo("82c1" + "87" + "84" + "c0bfbe");
    }

    @Test
    void connection_specific_fields_are_not_sent() throws Exception {
        HeaderBlockWriter writer = new HeaderBlockWriter(shape("chromium-156"));
        HeaderList fields = HeaderList.of(
                "Host",
                "x",
                "Connection",
                "keep-alive",
                "Upgrade",
                "h2c",
                "TE",
                "gzip",
                "Transfer-Encoding",
                "chunked");
        ByteBuf out = Unpooled.buffer();
        writer.write(get("/", fields), out);
        assertThat(new DefaultHttp2HeadersDecoder(true).decodeHeaders(1, out)).hasSize(4);
    }

    @Test
    void a_smaller_table_of_the_peer_is_obeyed_and_announced() throws Exception {
        HeaderBlockWriter writer = new HeaderBlockWriter(shape("chromium-156"));
        hex(writer, get("/", HeaderList.of("a", "b")));
        writer.maxHeaderTableSize(0);
        writer.maxHeaderTableSize(100);
        String block = hex(writer, get("/", HeaderList.of("a", "b")));
        assertThat(block).startsWith("20" + "3f45"); // 0, then 100
        assertThat(hex(writer, get("/", HeaderList.of("a", "b"))))
                .doesNotStartWith("20")
                .doesNotStartWith("3f");
    }

    @Test
    void the_same_table_size_again_is_announced_by_firefox_only() {
        HeaderBlockWriter chromium = new HeaderBlockWriter(shape("chromium-156"));
        HeaderBlockWriter firefox = new HeaderBlockWriter(shape("firefox-153"));
        chromium.maxHeaderTableSize(4096);
        firefox.maxHeaderTableSize(4096);
        assertThat(hex(chromium, get("/", new HeaderList()))).startsWith("82");
        assertThat(hex(firefox, get("/", new HeaderList()))).startsWith("3fe11f82");
    }

    /** 20,000 random blocks with evictions and size changes are understood by an independent decoder. */
    @ParameterizedTest
    @CsvSource({"chromium-156", "firefox-153"})
    void a_decoder_never_loses_step(String profile) throws Exception {
        Random random = new Random(42);
        HeaderBlockWriter writer = new HeaderBlockWriter(shape(profile));
        DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(100) == 0) {
                int size = random.nextInt(5000);
                decoder.maxHeaderTableSize(size);
                writer.maxHeaderTableSize(size);
            }
            HeaderList fields = new HeaderList();
            for (int n = random.nextInt(8); n > 0; n--) {
                fields.add(
                        "x-" + random.nextInt(20), "v".repeat(random.nextInt(60)) + (char) (' ' + random.nextInt(90)));
            }
            ByteBuf out = Unpooled.buffer();
            writer.write(get("/" + random.nextInt(5), fields), out);
            Http2Headers decoded = decoder.decodeHeaders(1, out);
            HeaderList seen = new HeaderList();
            decoded.forEach(e -> {
                if (e.getKey().charAt(0) != ':') {
                    seen.add(e.getKey().toString(), e.getValue().toString());
                }
            });
            assertThat(seen).isEqualTo(fields);
        }
    }

    private static RequestHead get(String path, HeaderList headers) {
        return RequestHead.get(Origin.https("www.example.com", 443), path).withHeaders(headers, RequestKind.NAVIGATE);
    }

    private static RequestHead head(JsonNode request) {
        HeaderList fields = new HeaderList();
        String method = "";
        String authority = "";
        String path = "";
        for (JsonNode field : request.get("headers")) {
            String value = field.get("value").asText();
            switch (field.get("name").asText()) {
                case ":method" -> method = value;
                case ":authority" -> authority = value;
                case ":path" -> path = value;
                case ":scheme" -> assertThat(value).isEqualTo("https");
                default -> fields.add(field.get("name").asText(), value);
            }
        }
        String length = fields.get("content-length");
        return new RequestHead(
                method,
                Origin.https("www.example.com", 443),
                authority,
                path,
                fields,
                length == null ? 0 : Long.parseLong(length),
                RequestKind.FETCH,
                "");
    }

    private static String hex(HeaderBlockWriter writer, RequestHead head) {
        ByteBuf out = Unpooled.buffer();
        writer.write(head, out);
        return ByteBufUtil.hexDump(out);
    }

    private static Http2Shape shape(String profile) {
        return Profiles.builtIn().find(profile).orElseThrow().http2();
    }

    private static JsonNode capture(String client) throws IOException {
        try (InputStream in =
                HeaderBlockWriterTest.class.getResourceAsStream("/reference/clients/" + client + ".json")) {
            return new ObjectMapper().readTree(in).get("http2").get("requests");
        }
    }
}
