package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The part of JSON Schema that the API's description uses, checked strictly: a keyword that is not known is a mistake. */
record JsonSchema(JsonNode document) {
    private static final List<String> KNOWN = List.of(
            "$ref",
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "enum",
            "oneOf",
            "minimum",
            "maximum",
            "description",
            "format");

    /** What is wrong, with where; empty when nothing is. */
    List<String> check(JsonNode schema, JsonNode value) {
        List<String> wrong = new ArrayList<>();
        check(schema, value, "$", wrong);
        return wrong;
    }

    private void check(JsonNode schema, JsonNode value, String at, List<String> wrong) {
        schema.fieldNames().forEachRemaining(keyword -> {
            if (!KNOWN.contains(keyword)) {
                wrong.add(at + ": the description uses " + keyword);
            }
        });
        if (schema.has("$ref")) {
            JsonNode target = document.at(schema.get("$ref").asText().substring(1));
            check(target.isMissingNode() ? wrongRef(schema, wrong) : target, value, at, wrong);
        } else if (schema.has("oneOf")) {
            long fitting = schema.get("oneOf")
                    .valueStream()
                    .filter(one -> check(one, value).isEmpty())
                    .count();
            if (fitting != 1) {
                wrong.add(at + ": fits " + fitting + " of oneOf");
            }
        } else {
            checkPlain(schema, value, at, wrong);
        }
    }

    private JsonNode wrongRef(JsonNode schema, List<String> wrong) {
        wrong.add("there is no " + schema.get("$ref"));
        return document.path("nothing");
    }

    private void checkPlain(JsonNode schema, JsonNode value, String at, List<String> wrong) {
        if (schema.has("type") && !typeFits(schema.get("type"), value)) {
            wrong.add(at + ": " + value + " is no " + schema.get("type"));
            return;
        }
        if (schema.has("enum") && schema.get("enum").valueStream().noneMatch(value::equals)) {
            wrong.add(at + ": " + value + " is not in " + schema.get("enum"));
        }
        if (value.isObject()) {
            checkObject(schema, value, at, wrong);
        }
        for (int i = 0; value.isArray() && i < value.size(); i++) {
            check(schema.path("items"), value.get(i), at + "[" + i + "]", wrong);
        }
    }

    private void checkObject(JsonNode schema, JsonNode value, String at, List<String> wrong) {
        schema.path("required").forEach(name -> {
            if (!value.has(name.asText())) {
                wrong.add(at + ": " + name + " is missing");
            }
        });
        value.properties().forEach(field -> {
            JsonNode described = schema.path("properties").path(field.getKey());
            JsonNode others = schema.path("additionalProperties");
            if (!described.isMissingNode()) {
                check(described, field.getValue(), at + "." + field.getKey(), wrong);
            } else if (others.isObject()) {
                check(others, field.getValue(), at + "." + field.getKey(), wrong);
            } else if (others.isBoolean() && !others.asBoolean()) {
                wrong.add(at + ": " + field.getKey() + " is not described");
            }
        });
    }

    private static boolean typeFits(JsonNode type, JsonNode value) {
        if (type.isArray()) {
            return type.valueStream().anyMatch(one -> typeFits(one, value));
        }
        return switch (type.asText()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> false;
        };
    }
}
