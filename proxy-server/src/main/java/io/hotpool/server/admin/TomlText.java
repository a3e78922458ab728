package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Collectors;
import org.tomlj.Toml;

/** JSON values written as the configuration's TOML. Pure. */
final class TomlText {
    private TomlText() {}

    /** @throws Problem for a null inside of a list or a table: TOML has none */
    static String of(JsonNode value) {
        if (value.isTextual()) {
            return quoted(value.textValue());
        }
        if (value.isArray()) {
            return value.valueStream().map(TomlText::of).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value.isObject()) {
            return value.propertyStream()
                    .map(field -> quoted(field.getKey()) + " = " + of(field.getValue()))
                    .collect(Collectors.joining(", ", "{ ", " }"));
        }
        if (value.isNull()) {
            throw new Problem(400, "null stands for a whole key only: it takes a live change back");
        }
        return value.asText();
    }

    private static String quoted(String text) {
        return '"' + Toml.tomlEscape(text).toString() + '"';
    }
}
