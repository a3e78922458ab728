package io.hotpool.server.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "stop",
        description = "Asks the running daemon to drain and end, and waits until it has.",
        mixinStandardHelpOptions = true)
final class StopCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Option(
            names = "--pid",
            paramLabel = "PID",
            converter = WholeNumber.Positive.class,
            description = "Which one, where several run.")
    private @Nullable Integer pid;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            converter = WholeNumber.Positive.class,
            description = "How long to wait (default: ${DEFAULT-VALUE}).")
    private int timeout;

    @Override
    public Integer call() throws InterruptedException {
        RunningDaemon daemon = chosen(RunningDaemon.all());
        ProcessHandle process =
                ProcessHandle.of(daemon.pid()).orElseThrow(() -> new Failure("process " + daemon.pid() + " is gone"));
        process.destroy();
        try {
            process.onExit().get(timeout, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new Failure("process " + daemon.pid() + " has not ended after " + timeout + " s");
        }
        output.show(Shown.of("stopped", daemon.pid()));
        return 0;
    }

    private RunningDaemon chosen(List<RunningDaemon> running) {
        List<RunningDaemon> matching =
                running.stream().filter(d -> pid == null || d.pid() == pid).toList();
        if (matching.isEmpty()) {
            throw RunningDaemon.none(pid == null ? "" : "--pid names a process that is none of them");
        }
        if (matching.size() > 1) {
            throw new Failure("several are running: name one with --pid: "
                    + String.join(
                            ", ",
                            matching.stream()
                                    .map(d -> d.pid() + " on " + d.proxy().get(0))
                                    .toList()));
        }
        return matching.get(0);
    }
}
