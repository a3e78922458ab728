package io.hotpool.server.cli;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.server.ProfileNames;
import io.hotpool.server.capture.HelloFiles;
import io.hotpool.server.config.ConfigException;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.intercept.AuthorityException;
import io.hotpool.server.intercept.CertificateAuthority;
import io.hotpool.server.learn.LearnException;
import io.hotpool.server.learn.Observations;
import io.hotpool.server.learn.ProfileLesson;
import io.hotpool.server.learn.SeenHello;
import io.hotpool.server.selftest.DemoReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "capture",
        description = {
            "Records a browser, and writes the profile that is this browser.",
            "Open the page that it prints in any browser: it leads through every kind of request and connection by itself. The"
                    + " profile is tried on an origin of its own before it is written, and can be used at once by its name."
        },
        footer = {
            "",
            "Without --browser it waits and prints what to do. For a telephone: --listen on an address that it reaches, and make",
            "that its proxy. --hello takes hex digits, or a file with them or with the bytes."
        },
        subcommands = CaptureVerifyCommand.class,
        mixinStandardHelpOptions = true)
final class CaptureCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Mixin
    private CaptureOptions capture = new CaptureOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What the profile is called (default: BROWSER-MAJOR-captured).")
    private @Nullable String name;

    @Option(names = "--alias", paramLabel = "NAME", description = "A further name. May be repeated.")
    private List<String> aliases = new ArrayList<>();

    @Option(
            names = {"-o", "--out"},
            paramLabel = "PATH",
            description = "File (.json) or folder to write to (default: fingerprint.profile_dir).")
    private @Nullable Path out;

    @Option(names = "--force", description = "Write over a file that is there.")
    private boolean force;

    @Option(
            names = "--like",
            paramLabel = "NAME",
            description = "Profile that gives what was not seen (default: the nearest of the same family).")
    private @Nullable String like;

    @ArgGroup
    private Source source = new Source();

    /** Instead of a browser. */
    static final class Source {
        @Option(names = "--ja3", paramLabel = "TEXT", description = "From a JA3 text (not its MD5).")
        private @Nullable String ja3;

        @Option(
                names = "--hello",
                paramLabel = "HEX|FILE",
                description = "From a ClientHello, with or without TLS records.")
        private @Nullable String hello;

        @Option(
                names = "--pcap",
                paramLabel = "FILE",
                description = "From the ClientHellos of a packet capture (pcap or pcapng).")
        private @Nullable Path pcap;
    }

    @Option(names = "--sni", paramLabel = "NAME", description = "With --pcap: connections to that name only.")
    private @Nullable String sni;

    @Override
    public Integer call() throws ConfigException, IOException {
        HotpoolConfig config = options.reader().read().config();
        ProfileCatalog catalog = ProfileNames.catalog(config);
        BrowserProfile profile;
        try {
            profile = learn(config, catalog);
        } catch (LearnException e) {
            throw new Failure(e.getMessage());
        }
        ProfileShelf shelf = ProfileShelf.of(profile, out, config, force);
        report(profile, shelf, shelf.put(profile));
        return 0;
    }

    private BrowserProfile learn(HotpoolConfig config, ProfileCatalog catalog) throws IOException {
        ProfileLesson lesson = new ProfileLesson(catalog, like == null ? null : ProfilesCommand.find(catalog, like));
        if (source.ja3 != null) {
            return lesson.ofJa3(source.ja3, title("JA3 " + source.ja3.strip()));
        }
        if (source.hello != null) {
            List<SeenHello> hellos = List.of(HelloFiles.hello(source.hello));
            return lesson.ofHellos(hellos, title("a ClientHello, " + HelloFiles.shown(source.hello)));
        }
        if (source.pcap != null) {
            List<SeenHello> hellos = HelloFiles.pcap(source.pcap, sni);
            return lesson.ofHellos(hellos, title("packet capture " + source.pcap.getFileName()));
        }
        refuseToStartInVain(config);
        Observations seen = capture.record(authority(config), output.out(), output.json());
        return lesson.ofBrowser(seen, title("capture of " + userAgent(seen)));
    }

    /** Before a person has opened a browser. */
    private void refuseToStartInVain(HotpoolConfig config) {
        if (out == null && config.fingerprint().profileDir() == null) {
            throw new Failure("fingerprint.profile_dir is empty: say where with --out");
        }
        ProfileShelf.refuseUnwritable(out != null ? out : config.fingerprint().profileDir());
    }

    static CertificateAuthority authority(HotpoolConfig config) {
        try {
            return CertificateAuthority.open(config.ca().dir(), Clock.systemUTC());
        } catch (AuthorityException e) {
            throw new Failure(e.getMessage());
        }
    }

    static String userAgent(Observations seen) {
        return seen.requests().stream()
                .flatMap(request -> request.fields().stream())
                .filter(field -> field.name().equalsIgnoreCase("user-agent"))
                .map(field -> field.value())
                .findFirst()
                .orElse("a browser that does not say its name");
    }

    private ProfileLesson.Title title(String from) {
        return new ProfileLesson.Title(name, aliases, from, LocalDate.now(Clock.systemUTC()));
    }

    private void report(BrowserProfile profile, ProfileShelf shelf, DemoReport tried) {
        output.show(Shown.of("profile", profile.name())
                .and("file", shelf.file().toAbsolutePath().toString())
                .and("browser", profile.browser() + " " + profile.version() + " on " + profile.platform())
                .and("ja3n", profile.expected().ja3n())
                .and("ja4", profile.expected().ja4())
                .and("akamai", profile.expected().akamai())
                .and("verified", profile.provenance().verified())
                .and("assumed", profile.provenance().assumed())
                .and(
                        "tried",
                        "sent as " + profile.name() + " to an origin of its own: "
                                + (tried.matches() ? "as promised" : "differs"))
                .and("use", "hotpool run --profile " + profile.name() + "; or X-Hotpool-Profile: " + profile.name()));
    }
}
