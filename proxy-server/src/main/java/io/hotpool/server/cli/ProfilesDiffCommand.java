package io.hotpool.server.cli;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.server.ProfileNames;
import io.hotpool.server.config.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "diff",
        description = "What a server can see that differs between two of them.",
        mixinStandardHelpOptions = true)
final class ProfilesDiffCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(index = "0", paramLabel = "A", description = "A name or an alias.")
    private String left = "";

    @Parameters(index = "1", paramLabel = "B", description = "Another.")
    private String right = "";

    @Override
    public Integer call() throws ConfigException {
        var catalog = ProfileNames.catalog(options.reader().read().config());
        BrowserProfile a = ProfilesCommand.find(catalog, left);
        BrowserProfile b = ProfilesCommand.find(catalog, right);
        List<ProfileFacts.Difference> differences = ProfileFacts.differences(a, b);
        if (output.json()) {
            output.showJson(Map.of(
                    "left", a.name(), "right", b.name(), "equal", differences.isEmpty(), "differences", differences));
            return 0;
        }
        for (ProfileFacts.Difference difference : differences) {
            output.out().println(difference.what());
            output.out().printf("  %-16s %s%n", a.name(), shown(difference.left()));
            output.out().printf("  %-16s %s%n", b.name(), shown(difference.right()));
        }
        output.out()
                .println(
                        differences.isEmpty() ? "no server can tell them apart" : differences.size() + " facts differ");
        return 0;
    }

    private static String shown(String fact) {
        return fact.isEmpty() ? "(none)" : fact;
    }
}
