package io.hotpool.pool.fingerprint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;

/** The reference data under {@code src/test/resources/reference}. */
final class ReferenceFiles {
    private ReferenceFiles() {}

    static JsonNode read(String path) {
        try (InputStream in = ReferenceFiles.class.getResourceAsStream("/reference/" + path)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new AssertionError(path, e);
        }
    }

    static byte[] bytes(JsonNode hex) {
        return HexFormat.of().parseHex(hex.asText());
    }
}
