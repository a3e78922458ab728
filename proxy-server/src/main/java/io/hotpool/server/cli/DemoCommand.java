package io.hotpool.server.cli;

import io.hotpool.pool.profile.Profiles;
import io.hotpool.server.config.ConfigException;
import io.hotpool.server.selftest.Demo;
import io.hotpool.server.selftest.DemoReport;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description = {
            "Starts a proxy of its own on free loopback ports, sends requests through it as curl would (http, CONNECT,"
                    + " absolute https), and prints what the origin saw beside what the profile promises.",
            "Touches neither a running hotpool nor its files. Exit code 1 when something is not as promised."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "chrome,firefox",
            description = "The browsers to show (default: ${DEFAULT-VALUE}).")
    private List<String> profiles = List.of();

    @Override
    public Integer call() throws ConfigException, IOException {
        profiles.forEach(name -> ProfilesCommand.find(Profiles.builtIn(), name));
        DemoReport report;
        try (OwnDaemon daemon = OwnDaemon.start()) {
            report = Demo.run(daemon.proxy(), daemon.root(), profiles);
        }
        if (output.json()) {
            output.showJson(report.json());
        } else {
            output.out().print(report.text());
            output.out().flush();
        }
        return report.matches() ? 0 : 1;
    }
}
