package io.hotpool.server.cli;

import io.hotpool.server.Daemon;
import io.hotpool.server.Logging;
import io.hotpool.server.StartException;
import io.hotpool.server.config.ConfigException;
import io.hotpool.server.config.LiveConfig;
import io.hotpool.server.config.Loaded;
import io.hotpool.server.config.Setting;
import io.hotpool.server.config.Signals;
import io.netty.util.NetUtil;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "run",
        description =
                "Starts the proxy and stays in the foreground. Ctrl-C or SIGTERM drains and ends; a second one ends at once.",
        footerHeading = "%nConfiguration keys, their defaults and meanings:%n",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private static final int SECOND_SIGNAL = 130;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(names = "--listen", paramLabel = "ADDRESS:PORT", description = "Where clients connect: sets proxy.listen.")
    private @Nullable String listen;

    @Option(names = "--admin-listen", paramLabel = "ADDRESS:PORT", description = "The admin port: sets admin.listen.")
    private @Nullable String adminListen;

    @Option(names = "--profile", paramLabel = "NAME", description = "The browser to show: sets fingerprint.profile.")
    private @Nullable String profile;

    @Option(names = "--upstream", paramLabel = "URL", description = "The proxy to go through: sets upstream.proxy.")
    private @Nullable String upstream;

    @ArgGroup
    private Loudness loudness = new Loudness();

    static final class Loudness {
        @Option(
                names = {"-v", "--verbose"},
                description = "Log at debug; twice: at trace.")
        private boolean[] verbose = {};

        @Option(
                names = {"-q", "--quiet"},
                description = "Log errors only, print nothing at the start.")
        private boolean quiet;
    }

    @Override
    public Integer call() throws ConfigException, InterruptedException {
        LiveConfig config = new LiveConfig(options.reader(settings()));
        Loaded loaded = config.loaded();
        Logging.apply(loaded.config().log());
        loaded.warnings().forEach(warning -> LoggerFactory.getLogger("hotpool").warn("{}", warning));
        try (Daemon daemon = start(config)) {
            RunningDaemon running = describe(daemon);
            running.remember();
            welcome(running, loaded);
            awaitSignal();
            daemon.stop();
            running.forget();
        } finally {
            Logging.end();
        }
        return 0;
    }

    private List<Setting> settings() {
        if (loudness.quiet && loudness.verbose.length > 0) {
            throw new ParameterException(spec.commandLine(), "--verbose and --quiet exclude each other");
        }
        List<Setting> settings = new ArrayList<>();
        add(settings, "--listen", "proxy.listen", listen);
        add(settings, "--admin-listen", "admin.listen", adminListen);
        add(settings, "--profile", "fingerprint.profile", profile);
        add(settings, "--upstream", "upstream.proxy", upstream);
        if (loudness.quiet) {
            add(settings, "--quiet", "log.level", "error");
        } else if (loudness.verbose.length > 0) {
            add(settings, "--verbose", "log.level", loudness.verbose.length == 1 ? "debug" : "trace");
        }
        return settings;
    }

    private static void add(List<Setting> settings, String option, String key, @Nullable String value) {
        if (value != null) {
            settings.add(new Setting(option, key, value));
        }
    }

    private static Daemon start(LiveConfig config) {
        try {
            return Daemon.start(config);
        } catch (StartException e) {
            throw new Failure(e.getMessage());
        }
    }

    private static RunningDaemon describe(Daemon daemon) {
        return new RunningDaemon(
                ProcessHandle.current().pid(),
                texts(daemon.proxyAddresses()),
                texts(daemon.adminAddresses()),
                daemon.caCertificate().toString());
    }

    private static List<String> texts(List<InetSocketAddress> addresses) {
        return addresses.stream().map(NetUtil::toSocketAddressString).toList();
    }

    private void welcome(RunningDaemon running, Loaded loaded) {
        if (loudness.quiet) {
            return;
        }
        long started = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        String source = loaded.file() == null ? null : loaded.file().toString();
        Welcome.lines(running, source, started).forEach(spec.commandLine().getOut()::println);
        spec.commandLine().getOut().flush();
    }

    /** The first SIGTERM or SIGINT ends the waiting, the second the process. */
    private static void awaitSignal() throws InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        AtomicBoolean asked = new AtomicBoolean();
        Runnable onSignal = () -> {
            if (asked.getAndSet(true)) {
                Runtime.getRuntime().halt(SECOND_SIGNAL);
            }
            stop.countDown();
        };
        Signals.handle("TERM", onSignal);
        Signals.handle("INT", onSignal);
        stop.await();
    }
}
