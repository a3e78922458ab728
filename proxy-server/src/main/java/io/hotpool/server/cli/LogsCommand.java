package io.hotpool.server.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "logs",
        description =
                "What an access log or a daemon's log says: counts, hosts, kinds, times. Any size, read once, line by line.",
        mixinStandardHelpOptions = true)
final class LogsCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "10",
            description = "Length of the lists (default: ${DEFAULT-VALUE}).")
    private int top;

    @Parameters(paramLabel = "FILE", description = "Text or JSON lines, also .gz; - for the standard input.")
    private Path file = Path.of("-");

    @Override
    public Integer call() throws IOException {
        LogSummary summary = new LogSummary();
        try (BufferedReader lines = open()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                summary.add(line);
            }
        }
        Map<String, Object> report = summary.report(top);
        if (output.json()) {
            output.showJson(report);
        } else {
            report.forEach((name, value) -> show(name.replace('_', ' '), value));
        }
        return 0;
    }

    private void show(String name, Object value) {
        if (value instanceof Map<?, ?> entries) {
            if (!entries.isEmpty()) {
                output.out().println(name);
                entries.forEach((key, count) -> output.out().printf("  %12s  %s%n", count, key));
            }
        } else {
            output.out().printf("%-22s %s%n", name, value);
        }
    }

    private BufferedReader open() throws IOException {
        if (file.toString().equals("-")) {
            return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        }
        if (!Files.isReadable(file)) {
            throw new Failure(file + " cannot be read");
        }
        boolean packed = file.toString().endsWith(".gz");
        // ISO 8859-1 reads any byte: one broken line must not end the reading.
        return new BufferedReader(new InputStreamReader(
                packed ? new GZIPInputStream(Files.newInputStream(file), 1 << 16) : Files.newInputStream(file),
                StandardCharsets.ISO_8859_1));
    }
}
