package io.hotpool.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The registry of keys as documents: annotated file, table, schema, help. Files in the repository are tested to equal these. */
public final class Reference {
    private static final int HELP_WIDTH = 70;

    private static final int WIDTH = 118;

    private Reference() {}

    /** {@code config/hotpool.toml}: every key commented out at its default. */
    public static String annotatedFile() {
        StringBuilder text = new StringBuilder("""
                # hotpool: every key, commented out at its default. Uncomment what you want to change.
                #
                # Each key can also be set by environment (HOTPOOL_POOL_MAX_CONNECTIONS=200; lists and tables as TOML values) and on
                # the command line (--set pool.max_connections=200). The command line wins over the environment, that over this file.
                # Durations: "500ms", "30s", "5m", "2h", "7d", or an integer of seconds. Sizes: "64KiB", or an integer of bytes.
                # Changes take effect on save, on SIGHUP and by the API, except where a comment says "restart".
                # Relative paths are relative to this file's folder. `hotpool check` reads this file without starting anything.
                """);
        Keys.SECTIONS.forEach((section, doc) -> {
            text.append("\n[").append(section).append("]  # ").append(doc).append('\n');
            Keys.ALL.stream().filter(k -> k.section().equals(section)).forEach(k -> append(text, k));
        });
        text.append(
                "\n# Rules by host: the first that matches wins. What a rule leaves out comes from the sections above.\n");
        append(text, "rule", TableTypes.RULE);
        text.append("\n# Hosts to have connections to from the start.\n");
        append(text, "prewarm", TableTypes.WARM);
        return text.toString();
    }

    private static void append(StringBuilder text, String name, RecordType<?> table) {
        text.append("# [[").append(name).append("]]\n");
        for (RecordType.Field<?> field : table.fields()) {
            text.append("# ")
                    .append(field.name())
                    .append(" = …  # ")
                    .append(field.doc())
                    .append('\n');
        }
    }

    private static void append(StringBuilder text, Key<?> key) {
        text.append("# ").append(comment(key)).append('\n');
        String line = "# " + key.name() + " = " + key.defaultToml();
        while (line.length() > WIDTH) {
            int cut = line.lastIndexOf(", ", WIDTH) + 1;
            text.append(line, 0, cut).append('\n');
            line = "#  " + line.substring(cut);
        }
        text.append(line).append('\n');
    }

    private static String comment(Key<?> key) {
        String recommended = key.recommended() == null
                ? ""
                : "; recommended " + key.recommended().text();
        String restart = key.change() == Key.Change.RESTART ? "; restart" : "";
        return "  " + key.doc() + recommended + restart;
    }

    /** Markdown for the README. */
    public static String table() {
        StringBuilder text = new StringBuilder("| key | default | what |\n|---|---|---|\n");
        for (Key<?> key : Keys.ALL) {
            String value = key.defaultToml().length() > 60 ? "see the file" : "`" + key.defaultToml() + "`";
            text.append("| `").append(key.path()).append("` | ").append(value).append(" | ");
            text.append(comment(key).strip().replace("|", "\\|")).append(" |\n");
        }
        return text.toString();
    }

    /** One line per key for {@code run --help}. */
    public static List<String> help() {
        List<String> lines = new ArrayList<>();
        for (Key<?> key : Keys.ALL) {
            String value = key.defaultToml().length() > 45 ? "(long list)" : key.defaultToml();
            lines.add("  " + key.path() + " = " + value);
            wrapped(comment(key).strip()).forEach(line -> lines.add("      " + line));
        }
        return lines;
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() + word.length() > HELP_WIDTH) {
                lines.add(line.toString().strip());
                line.setLength(0);
            }
            line.append(word).append(' ');
        }
        lines.add(line.toString().strip());
        return lines;
    }

    /** JSON Schema (2020-12) of the file. */
    public static String schema() {
        Map<String, Object> properties = new LinkedHashMap<>();
        Keys.SECTIONS.forEach((section, doc) -> {
            Map<String, Object> inner = new LinkedHashMap<>();
            Keys.ALL.stream().filter(k -> k.section().equals(section)).forEach(k -> inner.put(k.name(), schema(k)));
            properties.put(section, object(doc, inner));
        });
        Keys.ALL.stream().filter(k -> k.section().isEmpty()).forEach(k -> properties.put(k.name(), schema(k)));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "hotpool configuration");
        schema.putAll(object(null, properties));
        return json(schema);
    }

    private static Map<String, Object> object(@Nullable String doc, Map<String, Object> properties) {
        Map<String, Object> object = new LinkedHashMap<>();
        if (doc != null) {
            object.put("description", doc);
        }
        object.put("type", "object");
        object.put("properties", properties);
        object.put("additionalProperties", false);
        return object;
    }

    private static Map<String, Object> schema(Key<?> key) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", comment(key).strip());
        schema.putAll(key.type().schema());
        schema.put("x-default", key.defaultToml());
        return schema;
    }

    private static String json(Map<String, Object> schema) {
        try {
            return new ObjectMapper()
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                            .writeValueAsString(schema)
                    + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
