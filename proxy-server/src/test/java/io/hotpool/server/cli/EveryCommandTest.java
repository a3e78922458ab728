package io.hotpool.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What holds for every command, walked over in picocli's own model: none can be forgotten. */
class EveryCommandTest {
    private static final Path README = Path.of("").toAbsolutePath().getParent().resolve("README.md");
    private static final String BEGIN = "<!-- commands: begin, from their descriptions -->\n";
    private static final String END = "<!-- commands: end -->\n";

    /** They start something else, or print what is for a shell alone. */
    private static final Set<String> NOTHING_TO_REPORT = Set.of("", "run", "exec", "ca", "generate-completion");

    private static final Set<String> ADDRESSES = Set.of("ADDRESS:PORT", "HOST:PORT", "HOST[:PORT]", "IP", "URL");

    private static final Map<String, CommandSpec> SPECS = specs();

    private final List<HttpServer> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    static Stream<String> commands() {
        return SPECS.keySet().stream();
    }

    private static Map<String, CommandSpec> specs() {
        Map<String, CommandSpec> all = new LinkedHashMap<>();
        add(HotpoolCommand.commandLine().getCommandSpec(), all);
        return all;
    }

    private static void add(CommandSpec spec, Map<String, CommandSpec> all) {
        all.put(Examples.name(spec), spec);
        spec.subcommands().values().forEach(sub -> add(sub.getCommandSpec(), all));
    }

    private static CommandSpec spec(String name) {
        return Objects.requireNonNull(SPECS.get(name));
    }

    /** Without picocli's own, which takes any words. */
    static Stream<String> ownCommands() {
        return commands().filter(name -> !name.equals("generate-completion"));
    }

    static Stream<String> thatNeedAnArgument() {
        return commands()
                .filter(name -> Set.of("drain", "ca").contains(name)
                        || spec(name).positionalParameters().stream()
                                .anyMatch(p -> p.arity().min() > 0));
    }

    static Stream<String> thatTakeNoArgument() {
        return ownCommands().filter(name -> spec(name).positionalParameters().isEmpty());
    }

    static Stream<String> thatAskTheDaemon() {
        return commands().filter(name -> spec(name).findOption("--admin") != null);
    }

    @ParameterizedTest(name = "hotpool {0}")
    @MethodSource("commands")
    void has_a_description_and_examples_in_its_help_without_colours_where_nobody_looks_on(String name) {
        ProgramRun help = run(name, "--help");

        assertThat(help.exit()).isZero();
        assertThat(help.out())
                .startsWith("Usage: hotpool")
                .contains("Examples:")
                .doesNotContain("\u001b");
        assertThat(spec(name).usageMessage().description()).isNotEmpty();
        assertThat(Examples.of(name)).as("examples of " + name).isNotEmpty();
        for (ArgSpec argument : spec(name).args()) {
            assertThat(argument.description())
                    .as(name + " " + argument.paramLabel())
                    .isNotEmpty();
        }
    }

    @ParameterizedTest(name = "hotpool {0}")
    @MethodSource("ownCommands")
    void refuses_an_option_that_does_not_exist(String name) {
        List<String> words = example(name);
        int place = name.isEmpty() ? 0 : name.split(" ").length;
        words.add(place, "--no-such-option");
        assertMisused(ProgramRun.of(words.toArray(String[]::new)), "--no-such-option");
    }

    @ParameterizedTest(name = "hotpool {0}")
    @MethodSource("commands")
    void refuses_an_option_without_its_value(String name) {
        for (OptionSpec option : spec(name).options()) {
            if (option.arity().min() > 0) {
                assertMisused(run(name, option.longestName()), option.longestName());
            }
        }
    }

    @ParameterizedTest(name = "hotpool {0}")
    @MethodSource("commands")
    void refuses_numbers_that_are_none_or_make_no_sense_and_says_what_is_allowed(String name) {
        for (OptionSpec option : spec(name).options()) {
            if (Number.class.isAssignableFrom(boxed(option.type()))) {
                for (String wrong : List.of("many", "-1", "99999999999999999999")) {
                    assertMisused(
                            run(name, option.longestName() + "=" + wrong), option.longestName(), wrong, "number from");
                }
            }
        }
    }

    @ParameterizedTest(name = "hotpool {0}")
    @MethodSource("commands")
    void refuses_addresses_that_are_none(String name) {
        for (ArgSpec argument : spec(name).args()) {
            if (ADDRESSES.contains(argument.paramLabel())) {
                String wrong = "http://[nonsense:/";
                String word = argument instanceof OptionSpec option ? option.longestName() + "=" + wrong : wrong;
                ProgramRun run = run(name, word);
                assertThat(run.exit()).as(name + " " + word + ": " + run).isEqualTo(2);
                assertThat(run.err()).contains("such as").doesNotContain("Exception");
            }
        }
    }

    @ParameterizedTest(name = "hotpool {0}")
    @MethodSource("thatNeedAnArgument")
    void refuses_to_go_without_an_argument_that_it_needs(String name) {
        assertMisused(run(name), "hotpool " + name);
    }

    @ParameterizedTest(name = "hotpool {0}")
    @MethodSource("thatTakeNoArgument")
    void refuses_arguments_that_it_does_not_take(String name) {
        assertMisused(run(name, "too-much"), "too-much");
    }

    @ParameterizedTest(name = "hotpool {0}")
    @MethodSource("commands")
    void reports_as_json_where_it_reports(String name) {
        assertThat(spec(name).findOption("--json") != null)
                .as(name + " has --json")
                .isEqualTo(!NOTHING_TO_REPORT.contains(name));
    }

    @ParameterizedTest(name = "hotpool {0}")
    @MethodSource("thatAskTheDaemon")
    void says_that_no_daemon_answers_and_what_to_do(String name) throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        assertFailed(
                ask(name, closed), "http://127.0.0.1:" + closed + "/ does not answer", "--admin names another port");
    }

    @ParameterizedTest(name = "hotpool {0}")
    @MethodSource("thatAskTheDaemon")
    void says_that_a_token_is_missing_or_wrong(String name) throws IOException {
        int port = answering(401, "{\"detail\":\"the admin token is needed\"}");
        assertFailed(ask(name, port), "asks for a token", "--token or in HOTPOOL_ADMIN_TOKEN");
        ProgramRun wrong = ask(name, port, "--token", "canary-token");
        assertFailed(wrong, "does not take this token");
        assertThat(wrong.err()).doesNotContain("canary-token");
    }

    @ParameterizedTest(name = "hotpool {0}")
    @MethodSource("thatAskTheDaemon")
    void says_that_another_program_answers(String name) throws IOException {
        assertFailed(ask(name, answering(404, "<h1>It works!</h1>")), "is not hotpool's admin port");
        assertFailed(ask(name, answering(200, "<h1>It works!</h1>")), "is not hotpool's admin port");
    }

    @Test
    void each_has_its_line_in_the_readme() throws IOException {
        String table = "| command | does |\n|---|---|\n"
                + spec("").subcommands().entrySet().stream()
                        .map(e -> "| `" + e.getKey() + "` | "
                                + String.join(
                                                " ",
                                                e.getValue()
                                                        .getCommandSpec()
                                                        .usageMessage()
                                                        .description())
                                        .replace("%n", " ")
                                        .strip()
                                + " |\n")
                        .collect(Collectors.joining());
        String text = Files.readString(README);
        assertThat(text).contains(BEGIN, END);
        String wanted =
                text.substring(0, text.indexOf(BEGIN) + BEGIN.length()) + table + text.substring(text.indexOf(END));
        if (Boolean.getBoolean("hotpool.regenerate")) {
            Files.writeString(README, wanted);
        }
        assertThat(README).content().isEqualTo(wanted);
    }

    private static ProgramRun run(String name, String... further) {
        List<String> words = new ArrayList<>(name.isEmpty() ? List.of() : List.of(name.split(" ")));
        words.addAll(List.of(further));
        return ProgramRun.of(words.toArray(String[]::new));
    }

    /** The words of the first one. */
    private static List<String> example(String name) {
        String example = Examples.of(name).get(0);
        String words = example.substring(example.indexOf("hotpool " + name) + "hotpool ".length())
                .replaceFirst("[)\"]+$| (?:>|&&) .*", "");
        return new ArrayList<>(List.of(words.split(" ")));
    }

    /** The first example, of a daemon at this port. */
    private static ProgramRun ask(String name, int port, String... further) {
        List<String> words = example(name);
        words.addAll(List.of("--json", "--admin", "127.0.0.1:" + port));
        words.addAll(List.of(further));
        return ProgramRun.of(words.toArray(String[]::new));
    }

    private int answering(int status, String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            boolean open = exchange.getRequestURI().getPath().equals("/readyz");
            exchange.sendResponseHeaders(open ? 200 : status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        servers.add(server);
        return server.getAddress().getPort();
    }

    private static void assertMisused(ProgramRun run, String... told) {
        assertThat(run.exit()).as(run.toString()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains(told)
                .contains("--help` says what is allowed")
                .doesNotContain("Exception");
        assertThat(run.err().lines()).allMatch(line -> line.startsWith("hotpool: "));
    }

    private static void assertFailed(ProgramRun run, String... told) {
        assertThat(run.exit()).as(run.toString()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(told).doesNotContain("Exception");
        assertThat(run.err().lines()).allMatch(line -> line.startsWith("hotpool: "));
    }

    private static Class<?> boxed(Class<?> type) {
        return type == int.class
                ? Integer.class
                : type == double.class ? Double.class : type == long.class ? Long.class : type;
    }
}
