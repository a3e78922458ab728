package io.hotpool.pool.profile;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A place inside a JSON file that knows where it is, so that every refusal can say so. */
final class JsonPart {
    private static final int GIVEN_LIMIT = 60;

    private final String file;
    private final String path;
    private final JsonNode node;

    JsonPart(String file, String path, JsonNode node) {
        this.file = file;
        this.path = path;
        this.node = node;
    }

    /** An object with these keys and no others. */
    JsonPart object(List<String> required, List<String> optional) {
        if (!node.isObject()) {
            throw refuse("an object");
        }
        node.fieldNames().forEachRemaining(key -> {
            if (!required.contains(key) && !optional.contains(key)) {
                List<String> all = new ArrayList<>(required);
                all.addAll(optional);
                throw new ProfileFormatException(file, path, "unknown key \"" + key + "\"", String.join(", ", all));
            }
        });
        for (String key : required) {
            if (!node.has(key)) {
                throw new ProfileFormatException(file, path, "\"" + key + "\" is missing", String.join(", ", required));
            }
        }
        return this;
    }

    boolean has(String key) {
        return node.has(key);
    }

    JsonPart get(String key) {
        JsonNode value = node.get(key);
        if (value == null) {
            throw new ProfileFormatException(file, path, "\"" + key + "\" is missing", "an object with that key");
        }
        return new JsonPart(file, path.isEmpty() ? key : path + "." + key, value);
    }

    @Nullable
    JsonPart find(String key) {
        return node.has(key) ? get(key) : null;
    }

    String text() {
        if (!node.isTextual()) {
            throw refuse("text");
        }
        return node.textValue();
    }

    boolean isText() {
        return node.isTextual();
    }

    boolean isNumber() {
        return node.isNumber();
    }

    boolean flag() {
        if (!node.isBoolean()) {
            throw refuse("true, false");
        }
        return node.booleanValue();
    }

    long number(long least, long most) {
        if (!node.isIntegralNumber()
                || !node.canConvertToLong()
                || node.longValue() < least
                || node.longValue() > most) {
            throw refuse("a whole number from " + least + " to " + most);
        }
        return node.longValue();
    }

    int integer(int least, int most) {
        return (int) number(least, most);
    }

    /** One of an enum's constants by its lower-case name. */
    <E extends Enum<E>> E oneOf(Class<E> type) {
        return constant(type, text());
    }

    private <E extends Enum<E>> E constant(Class<E> type, String label) {
        List<String> labels = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            String name = constant.name().toLowerCase(Locale.ROOT);
            if (name.equals(label)) {
                return constant;
            }
            labels.add(name);
        }
        throw refuse(String.join(", ", labels));
    }

    <T> List<T> list(Function<JsonPart, T> item) {
        if (!node.isArray()) {
            throw refuse("a list");
        }
        List<T> items = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            items.add(item.apply(new JsonPart(file, path + "[" + i + "]", node.get(i))));
        }
        return List.copyOf(items);
    }

    List<String> texts() {
        return list(JsonPart::text);
    }

    /** An object whose keys are an enum's constants in lower case. */
    <E extends Enum<E>, T> Map<E, T> mapOf(Class<E> keys, Function<JsonPart, T> value) {
        if (!node.isObject()) {
            throw refuse("an object");
        }
        Map<E, T> map = new LinkedHashMap<>();
        node.fieldNames().forEachRemaining(key -> {
            JsonPart part = get(key);
            map.put(part.constant(keys, key), value.apply(part));
        });
        return Map.copyOf(map);
    }

    /** An object of texts, in the file's order. */
    Map<String, String> textMap() {
        if (!node.isObject()) {
            throw refuse("an object");
        }
        Map<String, String> map = new LinkedHashMap<>();
        node.fieldNames().forEachRemaining(key -> map.put(key, get(key).text()));
        return map;
    }

    ProfileFormatException refuse(String allowed) {
        String given = node.toString();
        String shown = given.length() > GIVEN_LIMIT ? given.substring(0, GIVEN_LIMIT) + "…" : given;
        return new ProfileFormatException(file, path, shown, allowed);
    }
}
