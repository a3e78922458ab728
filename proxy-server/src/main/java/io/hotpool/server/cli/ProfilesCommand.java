package io.hotpool.server.cli;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.server.ProfileNames;
import io.hotpool.server.config.ConfigException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "profiles",
        description = "The browsers that origins can be shown.",
        subcommands = {
            ProfilesCommand.ListProfiles.class,
            ProfilesCommand.ShowProfile.class,
            ProfilesDiffCommand.class,
            ProfilesVerifyCommand.class
        },
        mixinStandardHelpOptions = true)
final class ProfilesCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws ConfigException {
        return list(options, output);
    }

    @Command(name = "list", description = "All of them (the default).", mixinStandardHelpOptions = true)
    static final class ListProfiles implements Callable<Integer> {
        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() throws ConfigException {
            return list(options, output);
        }
    }

    @Command(name = "show", description = "One of them, whole.", mixinStandardHelpOptions = true)
    static final class ShowProfile implements Callable<Integer> {
        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @Mixin
        private Output output = new Output();

        @Parameters(paramLabel = "NAME", description = "A name or an alias.")
        private String name = "";

        @Override
        public Integer call() throws ConfigException {
            var catalog = ProfileNames.catalog(options.reader().read().config());
            BrowserProfile profile = find(catalog, name);
            output.show(summary(profile)
                    .and("expected_ja3", profile.expected().ja3())
                    .and("verified", profile.provenance().verified())
                    .and("assumed", profile.provenance().assumed())
                    .and("alpn", profile.alpn())
                    .and("extensions_permuted", profile.tls().permuted())
                    .and("pseudo_headers", profile.http2().pseudoHeaders()));
            return 0;
        }
    }

    static BrowserProfile find(ProfileCatalog catalog, String name) {
        return catalog.find(name)
                .orElseThrow(() -> Failure.usage("there is no profile '" + name + "'" + near(catalog.nearest(name))
                        + "\n`hotpool profiles` lists those that there are"));
    }

    private static String near(List<String> names) {
        return names.isEmpty() ? "" : "; near it: " + String.join(", ", names);
    }

    private static int list(ConfigOptions options, Output output) throws ConfigException {
        List<BrowserProfile> all =
                ProfileNames.catalog(options.reader().read().config()).all();
        Optional<String> old = ProfileAge.warning(all, LocalDate.now(Clock.systemUTC()));
        if (output.json()) {
            output.showJson(all.stream().map(p -> summary(p).values()).toList());
            old.ifPresent(warning -> output.err().println("warning: " + warning)); // the list is as the API's
            return 0;
        }
        for (BrowserProfile profile : all) {
            output.out()
                    .printf(
                            "%-16s %-38s %s%n",
                            profile.name(), profile.expected().ja4(), String.join(", ", profile.aliases()));
        }
        old.ifPresent(warning -> output.out().println("warning: " + warning));
        return 0;
    }

    private static Shown summary(BrowserProfile profile) {
        return Shown.of("name", profile.name())
                .and("aliases", profile.aliases())
                .and("browser", profile.browser() + " " + profile.version() + " on " + profile.platform())
                .and("ja3n", profile.expected().ja3n())
                .and("ja4", profile.expected().ja4())
                .and("akamai", profile.expected().akamai())
                .and("source", profile.provenance().source())
                .and("captured", profile.provenance().captured());
    }
}
