package io.hotpool.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;

/** A list; a single element may stand without brackets. */
record ListType<T>(ValueType<T> element, String plural) implements ValueType<List<T>> {
    @Override
    public @Nullable List<T> read(Given given, Problems problems) {
        List<T> values = new ArrayList<>();
        for (Given one : elements(given)) {
            T value = element.read(one, problems);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    private List<Given> elements(Given given) {
        if (!(given.value() instanceof TomlArray array)) {
            return List.of(given);
        }
        List<Given> elements = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            elements.add(given.element(i));
        }
        return elements;
    }

    @Override
    public String write(List<T> values) {
        return values.stream().map(element::write).collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public String allowed() {
        return "a list of " + plural;
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("type", "array", "items", element.schema());
    }
}
