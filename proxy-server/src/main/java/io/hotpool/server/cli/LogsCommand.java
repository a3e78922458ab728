package io.hotpool.server.cli;

import io.hotpool.server.config.FileTrouble;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.ZipException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "logs",
        description =
                "What access logs and a daemon's logs say: counts, hosts, kinds, times. Any size, read once, line by line.",
        mixinStandardHelpOptions = true)
final class LogsCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "10",
            converter = WholeNumber.Positive.class,
            description = "Length of the lists (default: ${DEFAULT-VALUE}).")
    private int top;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "Text or JSON lines, packed by gzip or not, as rotation leaves them; - for the standard input.")
    private List<Path> files = List.of();

    @Override
    public Integer call() {
        LogSummary summary = new LogSummary();
        boolean whole = true;
        for (Path file : files) {
            whole &= read(file, summary);
        }
        Map<String, Object> report = summary.report(top);
        if (output.json()) {
            output.showJson(report);
        } else {
            report.forEach((name, value) -> show(name.replace('_', ' '), value));
        }
        return whole ? 0 : 1;
    }

    /** False when it ends too early: what came before that is counted. */
    private boolean read(Path file, LogSummary summary) {
        try (LogLines lines = LogLines.of(open(file))) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                summary.add(line);
            }
            return true;
        } catch (EOFException | ZipException e) {
            output.err().println("hotpool: " + file + " is packed and broken; counted is what could be read of it");
            return false;
        } catch (IOException e) {
            throw new Failure(file + " cannot be read: " + FileTrouble.reason(e));
        }
    }

    private static InputStream open(Path file) throws IOException {
        if (file.toString().equals("-")) {
            return System.in;
        }
        if (Files.isDirectory(file)) {
            throw new Failure(file + " is a folder: name a file in it");
        }
        return Files.newInputStream(file);
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
}
