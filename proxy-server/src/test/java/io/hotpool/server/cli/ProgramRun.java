package io.hotpool.server.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** The command line, run in this process. */
public record ProgramRun(int exit, String out, String err) {
    public static ProgramRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = HotpoolCommand.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        int exit = line.execute(HotpoolCommand.withDefault(arguments));
        return new ProgramRun(exit, out.toString(), err.toString());
    }
}
