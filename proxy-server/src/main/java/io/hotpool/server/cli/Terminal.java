package io.hotpool.server.cli;

import java.io.Console;
import picocli.CommandLine.Help.Ansi;

/** Whether a person looks on: only then lines are rewritten in place, and words have colours. */
final class Terminal {
    private static final boolean PRESENT = attached() && !"dumb".equals(System.getenv("TERM"));

    private Terminal() {}

    static boolean present() {
        return PRESENT;
    }

    /** {@code NO_COLOR} is respected. */
    static Ansi colours() {
        return PRESENT ? Ansi.AUTO : Ansi.OFF;
    }

    /** From Java 22 on there may be a console that is no terminal; it says so itself. */
    private static boolean attached() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
