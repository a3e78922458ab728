package io.hotpool.server.cli;

import io.hotpool.server.config.ConfigException;
import io.hotpool.server.config.Effective;
import io.hotpool.server.config.Loaded;
import io.hotpool.server.config.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        description = "Reads the configuration, starts nothing, says what is wrong (exit code 2) or fine.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = {"-e", "--effective"},
            description = "Print every key with its value and where that came from.")
    private boolean effective;

    @Override
    public Integer call() throws ConfigException {
        Loaded loaded;
        try {
            loaded = options.reader().read();
        } catch (ConfigException e) {
            if (!output.json()) {
                throw e;
            }
            output.showJson(Map.of("ok", false, "errors", problems(e.problems())));
            return 2;
        }
        if (output.json()) {
            showJson(loaded);
        } else {
            showText(loaded);
        }
        return 0;
    }

    private void showJson(Loaded loaded) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("ok", true);
        report.put("file", loaded.file() == null ? null : loaded.file().toString());
        report.put("warnings", problems(loaded.warnings()));
        if (effective) {
            report.put("effective", loaded.effective());
        }
        output.showJson(report);
    }

    private static List<Map<String, Object>> problems(List<Problem> problems) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Problem problem : problems) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("source", problem.place().source());
            one.put("line", problem.place().line());
            one.put("key", problem.key());
            one.put("message", problem.toString());
            all.add(one);
        }
        return all;
    }

    private void showText(Loaded loaded) {
        loaded.warnings().forEach(warning -> output.out().println("warning: " + warning));
        if (effective) {
            loaded.effective().forEach(this::showKey);
        }
        String source = loaded.file() == null
                ? "no file: built-in defaults"
                : loaded.file().toString();
        output.out().println("fine: " + source);
    }

    private void showKey(String key, Effective value) {
        output.out().printf("%-32s = %-30s (%s)%n", key, value.value(), value.origin());
    }
}
