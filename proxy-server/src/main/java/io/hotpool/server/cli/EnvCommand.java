package io.hotpool.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "env",
        description = "Prints the variables that send programs through the running daemon: eval \"$(hotpool env)\"",
        mixinStandardHelpOptions = true)
final class EnvCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws IOException, GeneralSecurityException {
        Map<String, String> variables = ofRunningDaemon();
        if (output.json()) {
            output.showJson(variables);
        } else {
            variables.forEach((name, value) -> output.out().println("export " + name + "=" + quoted(value)));
        }
        return 0;
    }

    static Map<String, String> ofRunningDaemon() throws IOException, GeneralSecurityException {
        RunningDaemon daemon = RunningDaemon.newest("");
        return Environment.variables(daemon.proxy().get(0), Path.of(daemon.ca()));
    }

    private static String quoted(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }
}
