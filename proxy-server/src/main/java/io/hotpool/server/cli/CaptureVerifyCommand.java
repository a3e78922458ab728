package io.hotpool.server.cli;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.server.ProfileNames;
import io.hotpool.server.config.ConfigException;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.learn.LearnException;
import io.hotpool.server.learn.Observations;
import io.hotpool.server.learn.ProfileLesson;
import java.time.Clock;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "verify",
        description = {
            "Records a browser, and says part by part whether it sends what a profile says.",
            "Exit code 0: all as the profile says; 1: something differs."
        },
        mixinStandardHelpOptions = true)
final class CaptureVerifyCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Mixin
    private CaptureOptions capture = new CaptureOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(paramLabel = "NAME", description = "Name or alias of a profile.")
    private String name = "";

    @Override
    public Integer call() throws ConfigException {
        HotpoolConfig config = options.reader().read().config();
        ProfileCatalog catalog = ProfileNames.catalog(config);
        BrowserProfile profile = ProfilesCommand.find(catalog, name);
        Observations seen = capture.record(CaptureCommand.authority(config), output.out(), output.json());
        CaptureComparison comparison = CaptureComparison.of(profile, learnt(seen, profile, catalog));
        if (output.json()) {
            Map<String, Object> report = new LinkedHashMap<>();
            report.put("profile", profile.name());
            report.put("browser", CaptureCommand.userAgent(seen));
            report.putAll(comparison.json());
            output.showJson(report);
        } else {
            output.out().println(CaptureCommand.userAgent(seen));
            comparison.lines().forEach(output.out()::println);
        }
        return comparison.equal() ? 0 : 1;
    }

    /** What was not seen counts as it is in the profile. */
    private static BrowserProfile learnt(Observations seen, BrowserProfile profile, ProfileCatalog catalog) {
        try {
            ProfileLesson.Title title =
                    new ProfileLesson.Title("seen", List.of(), "capture verify", LocalDate.now(Clock.systemUTC()));
            return new ProfileLesson(catalog, profile).ofBrowser(seen, title);
        } catch (LearnException e) {
            throw new Failure(e.getMessage());
        }
    }
}
