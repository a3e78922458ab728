package io.hotpool.server.cli;

import java.io.PrintStream;

/** How far long work is, on the standard error: one line that changes on a terminal, plain lines elsewhere. */
final class Progress implements AutoCloseable {
    private static final String REWRITE = "\r\033[K";

    private final PrintStream err;
    private final boolean terminal;
    private final boolean quiet;
    private boolean shown;

    private Progress(PrintStream err, boolean terminal, boolean quiet) {
        this.err = err;
        this.terminal = terminal;
        this.quiet = quiet;
    }

    /** @param output whose JSON is for programs, which get no progress */
    static Progress of(Output output) {
        return new Progress(System.err, Terminal.present(), output.json());
    }

    static Progress to(PrintStream err, boolean terminal) {
        return new Progress(err, terminal, false);
    }

    void tell(String line) {
        if (quiet) {
            return;
        }
        shown = true;
        err.print(terminal ? REWRITE + line : line + System.lineSeparator());
        err.flush();
    }

    /** Leaves a clean line for what follows. */
    @Override
    public void close() {
        if (shown && terminal) {
            err.print(REWRITE);
            err.flush();
        }
    }
}
