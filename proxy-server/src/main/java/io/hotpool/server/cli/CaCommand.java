package io.hotpool.server.cli;

import io.hotpool.server.config.ConfigException;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.intercept.CertificateAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "ca",
        description = "The certificate authority of this installation, which clients have to trust.",
        subcommands = {CaCommand.Show.class, CaCommand.Export.class, CaCommand.Install.class, CaCommand.Rotate.class},
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
final class CaCommand {
    @Command(
            name = "show",
            description = "Subject, validity, fingerprint and place. Made if there is none.",
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() throws ConfigException {
            show(open(options), folder(options), output);
            return 0;
        }
    }

    @Command(
            name = "export",
            description = "Prints the root certificate in PEM, or writes it to a file. The key stays where it is.",
            mixinStandardHelpOptions = true)
    static final class Export implements Callable<Integer> {
        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @Mixin
        private Output output = new Output();

        @Option(
                names = {"-o", "--out"},
                paramLabel = "FILE",
                description = "Write there instead of printing.")
        private @Nullable Path file;

        @Option(names = "--der", description = "Binary form; needs --out.")
        private boolean der;

        @Override
        public Integer call() throws ConfigException, IOException {
            CertificateAuthority authority = open(options);
            Path to = file;
            if (to == null && der) {
                throw Failure.usage("--der needs --out FILE: a certificate in binary form is not printed");
            }
            if (to == null) {
                print(authority.pem());
                return 0;
            }
            if (der) {
                Files.write(to, authority.der());
            } else {
                Files.writeString(to, authority.pem());
            }
            if (output.json()) {
                output.show(Shown.of("file", to.toAbsolutePath().toString()).and("form", der ? "DER" : "PEM"));
            }
            return 0;
        }

        private void print(String pem) {
            if (output.json()) {
                output.show(Shown.of("pem", pem));
            } else {
                output.out().print(pem);
                output.out().flush();
            }
        }
    }

    @Command(
            name = "install",
            description = "Prints how to make programs on this machine trust the root. Changes nothing by itself.",
            mixinStandardHelpOptions = true)
    static final class Install implements Callable<Integer> {
        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() throws ConfigException {
            open(options);
            Path ca = folder(options).resolve("ca.pem");
            TrustHints hints = TrustHints.ofThisMachine(ca);
            if (output.json()) {
                output.showJson(Map.of("certificate", ca.toString(), "hints", hints.all()));
            } else {
                hints.lines().forEach(output.out()::println);
            }
            return 0;
        }
    }

    @Command(
            name = "rotate",
            description =
                    "Makes a new root; the old one is kept beside it. Clients have to trust the new one; restart the daemon.",
            mixinStandardHelpOptions = true)
    static final class Rotate implements Callable<Integer> {
        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() throws ConfigException {
            Path folder = folder(options);
            show(CertificateAuthority.rotate(folder, Clock.systemUTC()), folder, output);
            return 0;
        }
    }

    private CaCommand() {}

    private static void show(CertificateAuthority authority, Path folder, Output output) {
        output.show(Shown.of("subject", authority.subject())
                .and("not_before", authority.notBefore().toString())
                .and("not_after", authority.notAfter().toString())
                .and("sha256", authority.sha256())
                .and("certificate", folder.resolve("ca.pem").toString()));
    }

    static CertificateAuthority open(ConfigOptions options) throws ConfigException {
        return CertificateAuthority.open(folder(options), Clock.systemUTC());
    }

    static Path folder(ConfigOptions options) throws ConfigException {
        HotpoolConfig config = options.reader().read().config();
        return config.ca().dir();
    }
}
