package io.hotpool.server.config;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * A value as somebody wrote it.
 *
 * @param key {@code pool.min_hot}, {@code rule[2].host}
 * @param value of the TOML parser: String, Long, Double, Boolean, TomlArray, TomlTable, a date
 * @param secret never shown
 */
record Given(String key, Object value, Place place, boolean secret) {
    private static final int SHOWN = 60;

    /** An element of an array, counted from 1 in its key as people do. */
    Given element(int index) {
        TomlArray array = (TomlArray) value;
        return new Given(key + "[" + (index + 1) + "]", array.get(index), moved(array.inputPositionOf(index)), secret);
    }

    Given field(String name) {
        TomlTable table = (TomlTable) value;
        List<String> path = List.of(name);
        Object field = Objects.requireNonNull(table.get(path));
        return new Given(key + "." + name, field, moved(table.inputPositionOf(path)), secret);
    }

    Place fieldPlace(String name) {
        return moved(((TomlTable) value).inputPositionOf(List.of(name)));
    }

    private Place moved(@Nullable TomlPosition position) {
        return position == null ? place : place.atLine(position.line());
    }

    Given hidden() {
        return new Given(key, value, place, true);
    }

    /** The value for a message. */
    String shown() {
        if (secret) {
            return "(not shown)";
        }
        String text = toml(value);
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }

    static String toml(Object value) {
        if (value instanceof String text) {
            return '"' + Toml.tomlEscape(text).toString() + '"';
        }
        if (value instanceof TomlArray array) {
            return "a list of " + array.size();
        }
        if (value instanceof TomlTable) {
            return "a table";
        }
        return value.toString();
    }
}
