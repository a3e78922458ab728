package io.hotpool.server.cli;

import io.hotpool.server.config.Reference;
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
            "Without a command: run. Exit codes: 0 fine, 1 failed at run time (something is not there, or does not work),",
            "2 usage or configuration error (what was given is wrong by itself).",
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
        line.setParameterExceptionHandler(FailedCommand::misused);
        line.setExecutionExceptionHandler(FailedCommand::failed);
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
}
