package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** Values of the configuration, written in TOML, as JSON of the same type. Pure; the other way is {@link TomlText}. */
final class TomlJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private TomlJson() {}

    /** What is not TOML (a secret's stand-in) stays a text. */
    static JsonNode of(String toml) {
        TomlParseResult parsed = Toml.parse("value = " + toml);
        return parsed.hasErrors() ? NODES.textNode(toml) : node(parsed.get("value"));
    }

    private static JsonNode node(@Nullable Object value) {
        if (value instanceof Long number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Double number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        }
        if (value instanceof TomlArray array) {
            ArrayNode json = NODES.arrayNode();
            array.toList().forEach(element -> json.add(node(element)));
            return json;
        }
        if (value instanceof TomlTable table) {
            ObjectNode json = NODES.objectNode();
            table.entrySet().forEach(entry -> json.set(entry.getKey(), node(entry.getValue())));
            return json;
        }
        return NODES.textNode(String.valueOf(value));
    }
}
