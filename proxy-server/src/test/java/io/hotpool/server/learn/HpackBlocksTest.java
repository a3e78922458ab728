package io.hotpool.server.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.hotpool.server.learn.HpackField.Form;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HpackBlocksTest {
    private final HpackBlocks blocks = new HpackBlocks();

    @ParameterizedTest
    @ValueSource(strings = {"chromium-156", "firefox-esr-153"})
    void how_a_browser_wrote_its_fields_is_read(String client) {
        JsonNode request = References.of(client).at("/http2/requests/navigate");
        List<HpackField> fields =
                blocks.read(1, HexFormat.of().parseHex(request.get("hpack").asText()));

        List<String> expected = new ArrayList<>();
        request.get("headers")
                .forEach(h -> expected.add(h.path("name").asText() + "="
                        + h.path("value").asText() + " " + form(h.path("as").asText()) + " "
                        + h.path("value_huffman").asBoolean()));
        assertThat(fields)
                .extracting(f -> f.name() + "=" + f.value() + " " + f.form() + " " + f.valueHuffman())
                .containsExactlyElementsOf(expected);
    }

    private static Form form(String as) {
        return switch (as) {
            case "incremental" -> Form.INCREMENTAL;
            case "without-indexing" -> Form.WITHOUT_INDEXING;
            case "never-indexed" -> Form.NEVER_INDEXED;
            default -> Form.INDEXED;
        };
    }

    @Test
    void a_second_block_uses_the_table_of_the_first() {
        // RFC 7541, C.4.1 and C.4.2
        blocks.read(1, HexFormat.of().parseHex("828684418cf1e3c2e5f23a6ba0ab90f4ff"));

        List<HpackField> second = blocks.read(3, HexFormat.of().parseHex("828684be5886a8eb10649cbf"));

        assertThat(second)
                .extracting(HpackField::name, HpackField::value, HpackField::form)
                .contains(
                        tuple(":authority", "www.example.com", Form.INDEXED),
                        tuple("cache-control", "no-cache", Form.INCREMENTAL));
    }

    @Test
    void a_string_that_is_coded_although_it_gets_no_shorter_is_told() {
        // :path literal without indexing, Huffman-coded "/?" (2 bytes) and plain "/?"
        HpackField vain = blocks.read(1, bytes("058263fc")).get(0);

        assertThat(vain.valueHuffman()).isTrue();
        assertThat(vain.codedInVain()).isTrue();
        assertThat(blocks.read(3, bytes("05022f3f")).get(0).codedInVain()).isFalse();
    }

    @Test
    void a_block_that_is_cut_is_refused() {
        assertThatThrownBy(() -> blocks.read(1, bytes("828684418cf1e3"))).isInstanceOf(LearnException.class);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
