package io.hotpool.server.cli;

import io.hotpool.server.Daemon;
import io.hotpool.server.Logging;
import io.hotpool.server.StartException;
import io.hotpool.server.config.ConfigException;
import io.hotpool.server.config.ConfigReader;
import io.hotpool.server.config.LiveConfig;
import io.hotpool.server.config.Setting;
import io.hotpool.server.intercept.CertificateAuthority;
import io.hotpool.server.selftest.Demo;
import io.hotpool.server.selftest.DemoReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
        Path folder = Files.createTempDirectory("hotpool-demo");
        try {
            DemoReport report = show(folder);
            if (output.json()) {
                output.showJson(report.json());
            } else {
                output.out().print(report.text());
                output.out().flush();
            }
            return report.matches() ? 0 : 1;
        } finally {
            delete(folder);
        }
    }

    private DemoReport show(Path folder) throws ConfigException, IOException {
        Path ca = folder.resolve("ca");
        Path none = Files.createFile(folder.resolve("hotpool.toml"));
        LiveConfig config = new LiveConfig(new ConfigReader(
                none,
                Map.of(),
                List.of(
                        new Setting("demo", "proxy.listen", "127.0.0.1:0"),
                        new Setting("demo", "admin.listen", "127.0.0.1:0"),
                        new Setting("demo", "log.level", "error"),
                        new Setting("demo", "ca.dir", ca.toString()))));
        Logging.apply(config.get().log());
        try (Daemon daemon = Daemon.start(config)) {
            CertificateAuthority authority =
                    CertificateAuthority.read(ca, Clock.systemUTC()).orElseThrow();
            return Demo.run(daemon.proxyAddresses().get(0), authority.der(), profiles);
        } catch (StartException e) {
            throw new Failure(e.getMessage());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
