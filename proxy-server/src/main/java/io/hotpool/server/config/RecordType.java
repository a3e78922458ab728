package io.hotpool.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlTable;

/** A table with known fields: an entry of {@code proxy.users}, a {@code [[rule]]}. */
record RecordType<T>(String what, List<Field<?>> fields, Function<Row, T> making, Function<T, Row> taking)
        implements ValueType<T> {

    /** @param doc one line for people */
    record Field<F>(String name, ValueType<F> type, boolean required, String doc) {
        static <F> Field<F> required(String name, ValueType<F> type, String doc) {
            return new Field<>(name, type, true, doc);
        }

        static <F> Field<F> optional(String name, ValueType<F> type, String doc) {
            return new Field<>(name, type, false, doc);
        }
    }

    /** The values of one table, by field. */
    static final class Row {
        private final Map<Field<?>, Object> values = new LinkedHashMap<>();

        <F> Row with(Field<F> field, @Nullable F value) {
            if (value != null) {
                values.put(field, value);
            }
            return this;
        }

        /** Only {@link #with} puts values in, so the type holds. */
        @SuppressWarnings("unchecked")
        <F> @Nullable F get(Field<F> field) {
            return (F) values.get(field);
        }

        <F> F getOr(Field<F> field, F otherwise) {
            F value = get(field);
            return value == null ? otherwise : value;
        }

        <F> F need(Field<F> field) {
            return Objects.requireNonNull(get(field), field.name());
        }

        private boolean has(Field<?> field) {
            return values.containsKey(field);
        }
    }

    @Override
    public @Nullable T read(Given given, Problems problems) {
        if (!(given.value() instanceof TomlTable table)) {
            problems.notAllowed(given, allowed());
            return null;
        }
        refuseUnknown(given, table, problems);
        Row row = new Row();
        for (Field<?> field : fields) {
            readField(field, given, table, row, problems);
        }
        return fields.stream().allMatch(f -> row.has(f) || !f.required()) ? making.apply(row) : null;
    }

    private void refuseUnknown(Given given, TomlTable table, Problems problems) {
        List<String> known = fields.stream().map(Field::name).toList();
        for (String name : table.keySet()) {
            if (!known.contains(name)) {
                problems.error(given.fieldPlace(name), given.key() + "." + name, Nearest.unknown(name, known));
            }
        }
    }

    private static <F> void readField(Field<F> field, Given given, TomlTable table, Row row, Problems problems) {
        if (table.keySet().contains(field.name())) {
            row.with(field, field.type().read(given.field(field.name()), problems));
        } else if (field.required()) {
            problems.error(given.place(), given.key(), "'" + field.name() + "' is missing: " + field.doc());
        }
    }

    @Override
    public String write(T value) {
        Row row = taking.apply(value);
        if (fields.stream().noneMatch(row::has)) {
            return "{}";
        }
        return fields.stream().filter(row::has).map(f -> pair(f, row)).collect(Collectors.joining(", ", "{ ", " }"));
    }

    private static <F> String pair(Field<F> field, Row row) {
        return field.name() + " = " + field.type().write(row.need(field));
    }

    @Override
    public String allowed() {
        return what + " { " + fields.stream().map(Field::name).collect(Collectors.joining(", ")) + " }";
    }

    @Override
    public Map<String, Object> schema() {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Field<?> field : fields) {
            Map<String, Object> schema = new LinkedHashMap<>(field.type().schema());
            schema.put("description", field.doc());
            properties.put(field.name(), schema);
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put(
                "required",
                fields.stream().filter(Field::required).map(Field::name).toList());
        schema.put("additionalProperties", false);
        return schema;
    }
}
