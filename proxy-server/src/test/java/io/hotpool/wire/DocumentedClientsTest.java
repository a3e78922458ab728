package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.DaemonProcess;
import io.hotpool.wire.fixture.DocumentedCommands;
import io.hotpool.wire.fixture.DocumentedCommands.Command;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.LoopbackAddress;
import io.hotpool.wire.fixture.Nginx;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.Repository;
import io.hotpool.wire.fixture.Skip;
import io.hotpool.wire.fixture.Wait;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs every command of docs/clients.md as it stands there: in a home of its own, with example.com an nginx on loopback. */
class DocumentedClientsTest {
    private static final List<DocumentedCommands.Command> COMMANDS =
            DocumentedCommands.of(Repository.root().resolve("docs/clients.md"));

    /** The program that a command is about, where its first word does not tell; with what must be loadable. */
    private static final Map<String, List<String>> NEEDED = Map.ofEntries(
            Map.entry("import requests", List.of("python3", "-c", "import requests")),
            Map.entry("Net::HTTP", List.of("ruby", "-e", "")),
            Map.entry("-ropen-uri", List.of("ruby", "-e", "")),
            Map.entry("php ", List.of("php", "-r", "exit(function_exists('curl_init') ? 0 : 1);")),
            Map.entry("LWP", List.of("perl", "-MLWP::Protocol::https", "-e", "1")),
            Map.entry("cargo", List.of("cargo", "--version")),
            Map.entry("chromium", List.of("chromium", "--version")),
            Map.entry("certutil", List.of("certutil", "--help")),
            Map.entry("npm", List.of("npm", "--version")),
            Map.entry("go run", List.of("go", "version")),
            Map.entry("aria2c", List.of("aria2c", "--version")),
            Map.entry("http --", List.of("http", "--version")));

    /** Trust that the machine's owner has set aside from what the page says. */
    private static final String UNSET =
            "unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE GIT_SSL_CAINFO PERL_LWP_SSL_CA_FILE CARGO_HTTP_CAINFO";

    private static InetAddress address;

    @RegisterExtension
    static final Lab lab = Lab.inOwnProcess(config -> {
        address = LoopbackAddress.withWellKnownPorts();
        config.host("example.com", address.getHostAddress())
                .host("index.crates.io", address.getHostAddress())
                .host("crates.io", address.getHostAddress());
    });

    private static Nginx nginx;
    private static Path home;

    @BeforeAll
    static void startOrigin() throws IOException {
        home = Files.createDirectories(lab.directory().resolve("home"));
        nginx = lab.keep(Nginx.start(
                lab.directory(), lab.leaf("example.com", "crates.io", "*.crates.io"), "", address.getHostAddress()));
        nginx.file("index.html", "<h1>Example Domain</h1>\n");
        nginx.file("config.json", "{\"dl\": \"https://crates.io/dl\", \"api\": \"https://crates.io\"}");
        nginx.file(
                "api/v1/crates",
                "{\"crates\": [{\"name\": \"example\", \"description\": \"an example\", \"max_version\": \"1.0.0\"}],"
                        + " \"meta\": {\"total\": 1}}");
        bareRepository(nginx.root().resolve("repo.git"));
        standInForTheScript();
    }

    private static void bareRepository(Path bare) throws IOException {
        Path source = Files.createTempDirectory(lab.directory(), "git");
        git(source, "init", "-q");
        git(source, "-c", "user.name=t", "-c", "user.email=t@example.test", "commit", "-q", "--allow-empty", "-m", "1");
        git(source, "clone", "-q", "--bare", source, bare);
        git(bare, "update-server-info");
    }

    private static void git(Path directory, Object... arguments) {
        Program.named("git").args(arguments).in(directory).run().ok();
    }

    /** The program itself, without the part of the script that builds it. */
    private static void standInForTheScript() throws IOException {
        Path script = home.resolve("scripts/hotpool");
        Files.createDirectories(script.getParent());
        Files.writeString(script, """
                #!/bin/sh
                exec '%s' -XX:TieredStopAtLevel=1 -Xshare:auto -cp '%s' io.hotpool.server.Main "$@"
                """.formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"), System.getProperty("java.class.path")));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }

    /** As root it wants an option more, as the page says. */
    private static Path folderOfChromium() throws IOException {
        Path folder = home.resolve("bin");
        if (!Files.exists(folder)) {
            Path chromium = Program.find("chromium");
            Files.createDirectories(folder);
            write(
                    folder.resolve("chromium"),
                    "exec '%s' --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-background-networking \"$@\""
                            .formatted(chromium));
        }
        return folder;
    }

    private static void write(Path script, String line) throws IOException {
        Files.writeString(script, "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }

    static Stream<Command> commands() {
        return COMMANDS.stream().filter(command -> !command.kind().equals("setup"));
    }

    static Stream<Command> trustingCommands() {
        return COMMANDS.stream()
                .filter(command -> command.kind().equals("run"))
                .filter(command -> command.script().lines().count() < 5);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void it_works_as_documented(Command command) throws IOException {
        double before = carried();

        Program.Output output = bash(command, command.kind().equals("untrusted") ? Path.of("/dev/null") : lab.root());

        assertThat(output.exit()).as(output::toString).isZero();
        assertThat(output.text()).as(output::toString).contains(command.expected());
        Wait.until(() -> assertThat(carried()).isGreaterThan(before));
    }

    /** Requests that got a connection; those whose client was gone before the last byte left, too. */
    private static double carried() {
        return lab.metric("hotpool_acquires_total", "");
    }

    @ParameterizedTest
    @MethodSource("trustingCommands")
    void it_fails_when_another_root_is_trusted(Command command) throws IOException {
        Program.Output output = bash(command, lab.authority().writePem(Files.createTempDirectory(home, "foreign")));

        assertThat(output.text()).as(output::toString).doesNotContain(command.expected());
    }

    @Test
    void the_readme_shows_the_same_commands() throws IOException {
        String page = Files.readString(Repository.root().resolve("docs/clients.md"));
        List<String> lines = Files.readAllLines(Repository.root().resolve("README.md"));

        List<String> shown = lines.stream()
                .filter(line -> line.matches("\\| \\w+ \\| `.*(\\$P|\\$CA).*`.*\\|"))
                .map(line -> line.substring(line.indexOf('`') + 1, line.lastIndexOf('`')))
                .toList();

        assertThat(shown)
                .hasSizeGreaterThan(7)
                .allSatisfy(command -> assertThat(page).contains(command));
    }

    private static Program.Output bash(Command command, Path ca) throws IOException {
        NEEDED.forEach((sign, probe) -> {
            if (command.script().contains(sign)) {
                Program program = Program.named(probe.get(0))
                        .args(probe.subList(1, probe.size()).toArray());
                Skip.unless(program.run().exit() != 127, sign.strip() + " is not installed");
                if (probe.size() > 2) {
                    Skip.unless(program.run().exit() == 0, String.join(" ", probe) + " does not work here");
                }
            }
        });
        Path directory = command.kind().equals("each") ? home : Files.createTempDirectory(home, "command");
        String path = command.script().contains("chromium")
                ? folderOfChromium() + ":" + System.getenv("PATH")
                : System.getenv("PATH");
        return Program.named("bash")
                .args("-euc", UNSET + "\nP=" + lab.proxyUrl() + "\nCA=" + ca + "\n" + command.script())
                .env("HOME", Files.createTempDirectory(home, "user"))
                .env("XDG_STATE_HOME", ((DaemonProcess) lab.daemon()).state())
                .env("GOCACHE", Path.of(System.getProperty("user.home"), ".cache/go-build"))
                .env("CARGO_HOME", home.resolve("cargo"))
                .env(
                        "RUSTUP_HOME",
                        System.getenv().getOrDefault("RUSTUP_HOME", System.getProperty("user.home") + "/.rustup"))
                .env("npm_config_cache", Path.of(System.getProperty("user.home"), ".npm"))
                .env("npm_config_userconfig", Path.of(System.getProperty("user.home"), ".npmrc"))
                .env("npm_config_prefer_offline", "true")
                .env("PATH", path)
                .in(directory)
                .within(Duration.ofSeconds(90))
                .run();
    }
}
