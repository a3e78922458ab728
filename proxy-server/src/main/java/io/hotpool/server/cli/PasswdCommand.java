package io.hotpool.server.cli;

import io.hotpool.server.config.PasswordHash;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "passwd",
        description =
                "Reads a password (from the terminal, or one line of the standard input) and prints the entry for proxy.users.",
        mixinStandardHelpOptions = true)
final class PasswdCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Parameters(paramLabel = "USER", converter = Arguments.UserName.class, description = "The user's name.")
    private String user = "";

    @Override
    public Integer call() throws IOException {
        char[] password = read();
        if (password.length == 0) {
            throw Failure.usage(
                    "an empty password is not accepted: type one, or give it as a line of the standard input");
        }
        String hash = PasswordHash.of(password);
        Arrays.fill(password, '\0');
        if (output.json()) {
            output.show(Shown.of("name", user).and("password_hash", hash));
        } else {
            output.out().println("users = [{ name = \"" + user + "\", password_hash = \"" + hash + "\" }]");
        }
        return 0;
    }

    private static char[] read() throws IOException {
        Console console = System.console();
        if (console == null || !Terminal.present()) {
            String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            return line == null ? new char[0] : line.toCharArray();
        }
        char[] first = console.readPassword("Password: ");
        char[] again = console.readPassword("Again: ");
        if (first == null || !Arrays.equals(first, again)) {
            throw Failure.usage("the two are not the same");
        }
        return first;
    }
}
