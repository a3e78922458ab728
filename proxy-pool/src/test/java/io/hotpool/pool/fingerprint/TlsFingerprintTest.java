package io.hotpool.pool.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TlsFingerprintTest {
    private static final JsonNode VECTORS = ReferenceFiles.read("ja4-vectors/ja4-vectors.json");

    @ParameterizedTest
    @MethodSource("vectors")
    void ja4_is_that_of_the_published_vector(String source, JsonNode vector) {
        ClientHello hello = ClientHelloParser.parse(ReferenceFiles.bytes(vector.get("client_hello")));
        assertThat(Ja4.text(hello)).isEqualTo(vector.get("ja4").asText());
        if (vector.has("ja4_r")) {
            assertThat(Ja4.raw(hello)).isEqualTo(vector.get("ja4_r").asText());
        }
        if (vector.has("ja4_ro")) {
            assertThat(Ja4.rawOriginal(hello)).isEqualTo(vector.get("ja4_ro").asText());
        }
    }

    static Stream<Arguments> vectors() {
        List<Arguments> vectors = new ArrayList<>();
        VECTORS.get("vectors")
                .forEach(v -> vectors.add(Arguments.of(v.get("source").asText(), v)));
        assertThat(vectors).hasSize(13);
        return vectors.stream();
    }

    @Test
    void the_disputed_vector_with_a_non_ascii_alpn_follows_the_specification_and_not_its_tools() {
        JsonNode disputed = VECTORS.get("disputed").get(0);
        ClientHello hello = ClientHelloParser.parse(ReferenceFiles.bytes(disputed.get("client_hello")));
        assertThat(Ja4.text(hello))
                .isEqualTo(disputed.get("ja4_by_specification").asText())
                .isNotEqualTo(disputed.get("ja4_by_tools").asText());
    }

    @ParameterizedTest
    @MethodSource("captured")
    void every_captured_hello_has_its_clients_fingerprints(String client, String name, String hex, JsonNode expected) {
        ClientHello hello = ClientHelloParser.parse(java.util.HexFormat.of().parseHex(hex));
        assertThat(Ja3.normalizedMd5(hello)).isEqualTo(expected.get("ja3n_md5").asText());
        assertThat(Ja3.normalizedText(hello)).isEqualTo(expected.get("ja3n").asText());
        assertThat(Ja4.text(hello)).isEqualTo(expected.get("ja4").asText());
        assertThat(Ja4.raw(hello)).isEqualTo(expected.get("ja4_r").asText());
        if (!expected.get("ja3_md5").asText().equals("varies")) {
            assertThat(Ja3.text(hello)).isEqualTo(expected.get("ja3").asText());
            assertThat(Ja3.md5(hello)).isEqualTo(expected.get("ja3_md5").asText());
            assertThat(Ja4.rawOriginal(hello)).isEqualTo(expected.get("ja4_ro").asText());
        }
    }

    static Stream<Arguments> captured() {
        List<Arguments> hellos = new ArrayList<>();
        for (String client : List.of("chromium-156", "firefox-esr-153")) {
            ReferenceFiles.read("clients/" + client + ".json")
                    .at("/tls/cases")
                    .properties()
                    .forEach(c -> {
                        JsonNode samples = c.getValue().get("samples");
                        for (int i = 0; i < samples.size(); i++) {
                            hellos.add(Arguments.of(
                                    client,
                                    c.getKey() + "#" + i,
                                    samples.get(i).asText(),
                                    c.getValue().get("fingerprints")));
                        }
                    });
        }
        assertThat(hellos).hasSizeGreaterThan(30);
        return hellos.stream();
    }

    @Test
    void the_report_names_everything_and_is_json() throws IOException {
        JsonNode fresh = ReferenceFiles.read("clients/firefox-esr-153.json").at("/tls/cases/fresh");
        ClientHello hello = ClientHelloParser.parse(ReferenceFiles.bytes(fresh.at("/samples/0")));
        ObjectMapper json = new ObjectMapper();
        JsonNode report = json.readTree(json.writeValueAsBytes(FingerprintReport.of(hello)));
        assertThat(report.get("ja4").asText())
                .isEqualTo(fresh.at("/fingerprints/ja4").asText());
        assertThat(report.get("cipher_suites")).isEqualTo(fresh.at("/shape/cipher_suites"));
        assertThat(report.at("/extensions/0/host_name").asText()).endsWith(".example.com");
        assertThat(report.at("/extensions/3/groups")).isEqualTo(fresh.at("/shape/extensions/3/groups"));
        assertThat(report.get("extensions")).hasSameSizeAs(fresh.at("/shape/extensions"));
    }
}
