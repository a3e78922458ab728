package io.hotpool.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command reports: lines for people, or {@code --json}. */
final class Output {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Report as JSON.")
    private boolean json;

    boolean json() {
        return json;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** Prints one object: aligned names and values, or JSON. */
    void show(Shown shown) {
        if (json) {
            showJson(shown.values());
            return;
        }
        int width =
                shown.values().keySet().stream().mapToInt(String::length).max().orElse(0);
        shown.values().forEach((name, value) -> out().printf("%-" + width + "s  %s%n", name, text(value)));
    }

    void showJson(Object value) {
        try {
            out().println(JSON.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(Object value) {
        if (value instanceof Collection<?> all) {
            return String.join(", ", all.stream().map(Object::toString).toList());
        }
        return value instanceof Map<?, ?> map && map.isEmpty() ? "" : value.toString();
    }
}
