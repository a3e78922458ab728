package io.hotpool.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        description = "Is the daemon ready (exit code 0 if it is, 1 if not), and what its pool does.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    private static final int READY = 200;

    @Mixin
    private Output output = new Output();

    @Mixin
    private AdminPort admin = new AdminPort();

    @Option(names = "--ready", description = "Ask for readiness only.")
    private boolean readyOnly;

    @Override
    public Integer call() {
        boolean ready = admin.status("/readyz") == READY;
        Shown shown = Shown.of("ready", ready).and("admin", "http://" + admin.address() + "/");
        if (readyOnly) {
            output.show(shown);
            return ready ? 0 : 1;
        }
        JsonNode stats = admin.get("/api/v1/stats");
        if (output.json()) {
            stats.properties().forEach(field -> shown.and(field.getKey(), field.getValue()));
            output.showJson(shown.values());
        } else {
            output.show(shown);
            show(stats, output.out());
        }
        return ready ? 0 : 1;
    }

    /** Plain values first, then what is counted by name, then a column for every window of time. */
    private static void show(JsonNode stats, PrintWriter out) {
        stats.properties().forEach(field -> {
            if (field.getValue().isValueNode()) {
                out.printf("%-22s %s%n", field.getKey(), shown(field.getValue()));
            } else if (!field.getKey().equals("windows")) {
                out.printf("%-22s %s%n", field.getKey(), counts(field.getValue()));
            }
        });
        JsonNode windows = stats.path("windows");
        if (!windows.isEmpty()) {
            out.println();
            out.printf("%-22s %s%n", "in the last", row(windows, window -> window.getKey()));
            windows.elements().next().properties().stream()
                    .filter(field -> field.getValue().isValueNode())
                    .map(Map.Entry::getKey)
                    .forEach(name -> out.printf(
                            "%-22s %s%n",
                            name, row(windows, window -> shown(window.getValue().path(name)))));
        }
    }

    /** Fractions with as many digits as a column holds. */
    private static String shown(JsonNode value) {
        return value.isFloatingPointNumber()
                ? new DecimalFormat("0.0##", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value.asDouble())
                : value.asText();
    }

    private static String counts(JsonNode counted) {
        if (counted.isEmpty()) {
            return "none";
        }
        if (counted.isArray()) {
            return StreamSupport.stream(counted.spliterator(), false)
                    .map(JsonNode::asText)
                    .collect(Collectors.joining(", "));
        }
        return counted.properties().stream()
                .map(entry -> shown(entry.getValue()) + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String row(JsonNode windows, Function<Map.Entry<String, JsonNode>, String> cell) {
        return windows.properties().stream()
                .map(window -> String.format(Locale.ROOT, "%12s", cell.apply(window)))
                .collect(Collectors.joining());
    }
}
