package io.hotpool.server.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "drain",
        description = "Closes the idle connections of a host of the running daemon and retires the busy ones.",
        mixinStandardHelpOptions = true)
final class DrainCommand implements Callable<Integer> {
    private static final int LONGEST_MILLIS = 30_000;

    @Mixin
    private Output output = new Output();

    @Mixin
    private AdminPort admin = new AdminPort();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..1",
            paramLabel = "HOST[:PORT]",
            converter = Arguments.HostAndPort.class,
            description = "Whose; without a port: of all its ports.")
    private @Nullable String host;

    @Option(names = "--all", description = "Of every host.")
    private boolean all;

    @Override
    public Integer call() {
        if (all == (host != null)) {
            throw new ParameterException(spec.commandLine(), "name a host, or give --all");
        }
        String path = all
                ? "/api/v1/flush"
                : "/api/v1/hosts/" + URLEncoder.encode(String.valueOf(host), StandardCharsets.UTF_8) + "/drain";
        int closed = admin.post(path, Map.of(), LONGEST_MILLIS)
                .path("closed_or_retired")
                .asInt();
        output.show(Shown.of("closed_or_retired", closed));
        return 0;
    }
}
