package io.hotpool.server.cli;

import io.hotpool.server.config.ConfigException;
import io.hotpool.server.config.Reference;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.stream.Stream;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The command line: {@code hotpool COMMAND}; without one, {@code run}. */
@Command(
        name = "hotpool",
        description = "A local forward proxy that sends every request over a browser's TLS, from a hot pool.",
        subcommands = {
            RunCommand.class,
            StopCommand.class,
            DemoCommand.class,
            CheckCommand.class,
            StatusCommand.class,
            PrewarmCommand.class,
            DrainCommand.class,
            DiagnoseCommand.class,
            ExplainCommand.class,
            LogsCommand.class,
            BenchCommand.class,
            CaCommand.class,
            ProfilesCommand.class,
            CaptureCommand.class,
            EnvCommand.class,
            ExecCommand.class,
            PasswdCommand.class,
            VersionCommand.class,
            GenerateCompletion.class
        },
        footer = {
            "",
            "Without a command: run. Exit codes: 0 fine, 1 failed at run time, 2 usage or configuration error.",
            "`hotpool COMMAND --help` tells more, with examples."
        },
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class)
public final class HotpoolCommand {
    private HotpoolCommand() {}

    /** @return the exit code */
    public static int run(String... arguments) {
        return commandLine().execute(withDefault(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new HotpoolCommand());
        line.setExecutionExceptionHandler(HotpoolCommand::explain);
        line.setAbbreviatedSubcommandsAllowed(false);
        line.setUsageHelpAutoWidth(true);
        Examples.addTo(line);
        CommandSpec run = line.getSubcommands().get("run").getCommandSpec();
        run.usageMessage()
                .footer(Stream.concat(
                                Reference.help().stream(),
                                Stream.of(run.usageMessage().footer()))
                        .toArray(String[]::new));
        return line;
    }

    static String[] withDefault(String... arguments) {
        boolean help = arguments.length > 0 && "-h --help -V --version".contains(arguments[0]);
        if (help || arguments.length > 0 && !arguments[0].startsWith("-")) {
            return arguments;
        }
        String[] withRun = new String[arguments.length + 1];
        withRun[0] = "run";
        System.arraycopy(arguments, 0, withRun, 1, arguments.length);
        return withRun;
    }

    /** Expected failures are said in words; anything else is a defect and shows where it happened. */
    private static int explain(Exception error, CommandLine line, CommandLine.ParseResult parsed) {
        PrintWriter err = line.getErr();
        if (error instanceof ConfigException config) {
            config.problems().forEach(err::println);
            err.println("hotpool: " + count(config.problems().size()) + " in the configuration; nothing was started");
            return 2;
        }
        if (error instanceof Failure) {
            Arrays.stream(error.getMessage().split("\n")).forEach(text -> err.println("hotpool: " + text));
            return 1;
        }
        err.println("hotpool: this should not have happened; please report it with the lines below");
        error.printStackTrace(err);
        return 1;
    }

    private static String count(int problems) {
        return problems == 1 ? "1 error" : problems + " errors";
    }
}
