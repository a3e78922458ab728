package io.hotpool.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.server.ProfileNames;
import io.hotpool.server.config.ConfigException;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.config.Setting;
import io.hotpool.server.selftest.Demo;
import io.hotpool.server.selftest.DemoReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "verify",
        description = {
            "Sends a request as each of them, or as those named, over loopback TLS to an origin of its own, and says whether"
                    + " what arrived is what the profile promises.",
            "Exit code 1 when something is not."
        },
        mixinStandardHelpOptions = true)
final class ProfilesVerifyCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "Names or aliases (default: all).")
    private List<String> names = new ArrayList<>();

    @Override
    public Integer call() throws ConfigException, IOException {
        HotpoolConfig config = options.reader().read().config();
        ProfileCatalog catalog = ProfileNames.catalog(config);
        List<String> asked = names.isEmpty()
                ? catalog.all().stream().map(BrowserProfile::name).toList()
                : names.stream()
                        .map(name -> ProfilesCommand.find(catalog, name).name())
                        .toList();
        DemoReport report = report(config.fingerprint().profileDir(), asked);
        if (output.json()) {
            output.showJson(report.json());
        } else {
            print(report);
        }
        return report.matches() ? 0 : 1;
    }

    private static DemoReport report(@Nullable Path own, List<String> asked) throws ConfigException, IOException {
        Setting[] settings = own == null
                ? new Setting[0]
                : new Setting[] {new Setting("own", "fingerprint.profile_dir", own.toString())};
        try (OwnDaemon daemon = OwnDaemon.start(settings)) {
            return Demo.verify(daemon.proxy(), daemon.root(), asked);
        }
    }

    private void print(DemoReport report) {
        output.out().printf("%-18s %-8s %-4s %-38s %s%n", "profile", "", "", "ja4", "akamai");
        for (DemoReport.Step step : report.steps()) {
            JsonNode seen = step.seen();
            if (seen == null) {
                output.out().printf("%-18s %-8s %s%n", step.profile(), "FAILED", step.failure());
                continue;
            }
            output.out()
                    .printf(
                            "%-18s %-8s %-4s %-38s %s%n",
                            step.profile(),
                            step.matches() ? "match" : "DIFFERS",
                            seen.at("/tls/alpn").asText().replace("http/1.1", "h1"),
                            seen.at("/tls/ja4").asText(),
                            seen.at("/http2/akamai").asText());
            seen.get("differences")
                    .forEach(d -> output.out()
                            .printf(
                                    "    %s: promised %s, seen %s%n",
                                    d.get("what").asText(), d.get("expected"), d.get("seen")));
        }
        long matching = report.steps().stream().filter(DemoReport.Step::matches).count();
        output.out().printf("%d of %d as promised%n", matching, report.steps().size());
    }
}
