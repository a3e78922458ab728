package io.hotpool.server.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** What one source says: values by key, not read yet. Later layers win over earlier ones. */
record Layer(Map<Key<?>, Given> values) {
    /** Variables of that prefix that are not keys: the file itself, and what the start script takes. */
    private static final Set<String> RESERVED = Set.of("HOTPOOL_CONFIG", "HOTPOOL_JAVA_OPTS", "HOTPOOL_JAVA_HOME");

    static final Layer EMPTY = new Layer(Map.of());

    static Layer ofFile(Path file, Problems problems) {
        try {
            return ofToml(Files.readString(file), file, problems);
        } catch (CharacterCodingException e) {
            problems.syntax(Place.file(file, 0), ": is not UTF-8");
        } catch (IOException e) {
            problems.syntax(Place.file(file, 0), ": cannot be read: " + FileTrouble.reason(e));
        }
        return EMPTY;
    }

    static Layer ofToml(String text, Path file, Problems problems) {
        TomlParseResult toml = Toml.parse(text.startsWith("\ufeff") ? text.substring(1) : text);
        for (TomlParseError error : toml.errors()) {
            problems.syntax(Place.file(file, error.position().line()), ": not TOML: " + error.getMessage());
        }
        Map<Key<?>, Given> values = new LinkedHashMap<>();
        if (!toml.hasErrors()) {
            toml.keySet().forEach(name -> readTop(toml, name, file, values, problems));
        }
        return new Layer(values);
    }

    private static void readTop(TomlTable toml, String name, Path file, Map<Key<?>, Given> values, Problems problems) {
        Given given = givenIn(toml, name, name, Place.file(file, 1));
        Optional<Key<?>> key = Keys.find(name);
        if (key.isPresent()) {
            values.put(key.get(), given);
        } else if (!Keys.sections().contains(name)) {
            problems.error(given.place(), name, Keys.unknown(name));
        } else if (given.value() instanceof TomlTable section) {
            section.keySet().forEach(inner -> readKey(section, name + "." + inner, inner, given, values, problems));
        } else {
            problems.notAllowed(given, "a table: [" + name + "]");
        }
    }

    private static void readKey(
            TomlTable section, String path, String name, Given parent, Map<Key<?>, Given> values, Problems problems) {
        Given given = givenIn(section, name, path, parent.place());
        Optional<Key<?>> key = Keys.find(path);
        if (key.isPresent()) {
            values.put(key.get(), key.get().secret() ? given.hidden() : given);
        } else {
            problems.error(given.place(), path, Keys.unknown(path));
        }
    }

    private static Given givenIn(TomlTable table, String name, String path, Place near) {
        List<String> inner = List.of(name);
        Object value = Objects.requireNonNull(table.get(inner));
        return new Given(
                path,
                value,
                near.atLine(Objects.requireNonNull(table.inputPositionOf(inner)).line()),
                false);
    }

    static Layer ofEnvironment(Map<String, String> environment, Problems problems) {
        Map<Key<?>, Given> values = new LinkedHashMap<>();
        environment.forEach((variable, text) -> {
            if (!variable.startsWith("HOTPOOL_") || RESERVED.contains(variable)) {
                return;
            }
            Optional<Key<?>> key =
                    Keys.ALL.stream().filter(k -> k.variable().equals(variable)).findFirst();
            if (key.isPresent()) {
                values.put(key.get(), given(key.get(), text, Place.outside(variable)));
            } else {
                problems.error(Place.outside("environment"), variable, Keys.unknownVariable(variable));
            }
        });
        return new Layer(values);
    }

    /** What the command line sets. Later settings win. */
    static Layer ofSettings(List<Setting> settings, Problems problems) {
        Map<Key<?>, Given> values = new LinkedHashMap<>();
        for (Setting setting : settings) {
            Place place = Place.outside(setting.option());
            Optional<Key<?>> key = Keys.find(setting.key());
            if (key.isPresent()) {
                values.put(key.get(), given(key.get(), setting.text(), place));
            } else {
                problems.error(place, setting.key(), Keys.unknown(setting.key()));
            }
        }
        return new Layer(values);
    }

    /** A value from outside of a file: TOML, or the text itself where quotes were left out. */
    static Given given(Key<?> key, String text, Place place) {
        return new Given(key.path(), value(key.type(), text), place, key.secret());
    }

    private static Object value(ValueType<?> type, String text) {
        boolean quoted = text.startsWith("\"") || text.startsWith("'");
        if (type.literal() && !quoted) {
            return text;
        }
        TomlParseResult toml = Toml.parse("v = " + text);
        boolean one = !toml.hasErrors() && toml.size() == 1;
        return one ? Objects.requireNonNull(toml.get(List.of("v"))) : text;
    }
}
