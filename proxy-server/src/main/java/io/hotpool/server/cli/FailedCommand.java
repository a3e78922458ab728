package io.hotpool.server.cli;

import io.hotpool.server.config.ConfigException;
import io.hotpool.server.config.FileTrouble;
import io.hotpool.server.intercept.AuthorityException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a command that failed says on the standard error, and its exit code. */
final class FailedCommand {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private FailedCommand() {}

    /** An option or an argument that is unknown, missing or not of its form. */
    static int misused(ParameterException error, String... arguments) {
        CommandLine line = error.getCommandLine();
        PrintWriter err = line.getErr();
        say(err, error.getMessage());
        if (error instanceof UnmatchedArgumentException unknown
                && !unknown.getSuggestions().isEmpty()) {
            say(err, "did you mean " + String.join(" or ", unknown.getSuggestions()) + "?");
        }
        say(err, "`" + line.getCommandSpec().qualifiedName() + " --help` says what is allowed, with examples");
        return USAGE;
    }

    /** Expected failures are said in words; anything else is a defect and shows where it happened. */
    static int failed(Exception error, CommandLine line, CommandLine.ParseResult parsed) {
        PrintWriter err = line.getErr();
        if (error instanceof ConfigException config) {
            config.problems().forEach(err::println);
            say(err, count(config.problems().size()) + " in the configuration; nothing was started");
            return USAGE;
        }
        if (error instanceof Failure failure) {
            say(err, failure.getMessage());
            return failure.exit();
        }
        if (error instanceof AuthorityException) {
            say(err, error.getMessage());
            return FAILED;
        }
        if (error instanceof IOException trouble) {
            say(err, FileTrouble.words(trouble));
            return FAILED;
        }
        if (error instanceof UncheckedIOException wrapped) {
            say(err, FileTrouble.words(wrapped.getCause()));
            return FAILED;
        }
        say(err, "this should not have happened; please report it with the lines below");
        error.printStackTrace(err);
        return FAILED;
    }

    private static void say(PrintWriter err, String text) {
        text.lines().forEach(line -> err.println("hotpool: " + line));
    }

    private static String count(int problems) {
        return problems == 1 ? "1 error" : problems + " errors";
    }
}
