package io.hotpool.server.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;

/** JSON as the API writes it: indented, so that it can be read with curl alone. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final ObjectMapper LINES = new ObjectMapper();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@code head} and then {@code rest}, without a line break. */
    static String line(ObjectNode head, Map<String, Object> rest) {
        rest.forEach((name, value) -> head.set(name, LINES.valueToTree(value)));
        try {
            return LINES.writeValueAsString(head);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws Problem 400 when it is not an object */
    static ObjectNode read(byte[] body) {
        if (tree(body) instanceof ObjectNode object) {
            return object;
        }
        throw new Problem(400, "the body must be a JSON object");
    }

    /** @throws Problem 400 when it is no JSON */
    static JsonNode tree(byte[] body) {
        try {
            return LINES.readTree(body);
        } catch (IOException e) {
            throw new Problem(400, "the body must be JSON");
        }
    }
}
