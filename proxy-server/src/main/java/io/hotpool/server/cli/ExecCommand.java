package io.hotpool.server.cli;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "exec",
        description = "Runs a command through the running daemon: hotpool exec -- curl https://example.com/",
        mixinStandardHelpOptions = true)
final class ExecCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "The command and its arguments, after --.")
    private List<String> command = List.of();

    /** @return the command's own exit code */
    @Override
    public Integer call() throws IOException, GeneralSecurityException, InterruptedException {
        ProcessBuilder process = new ProcessBuilder(command).inheritIO();
        process.environment().putAll(EnvCommand.ofRunningDaemon());
        try {
            return process.start().waitFor();
        } catch (IOException e) {
            throw new Failure("'" + command.get(0) + "' cannot be run: " + e.getMessage());
        }
    }
}
