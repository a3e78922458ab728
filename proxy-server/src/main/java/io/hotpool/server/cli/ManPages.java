package io.hotpool.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** A manual page for every command, and the completion for bash and zsh, from the same descriptions as {@code --help}. */
public final class ManPages {
    private final CommandSpec spec;
    private final List<String> lines = new ArrayList<>();

    private ManPages(CommandSpec spec) {
        this.spec = spec;
    }

    /** Run by the build: the folder to write into. */
    public static void main(String... folder) throws IOException {
        write(Path.of(folder[0]));
    }

    /** {@code man/*.1} and {@code completion/hotpool}. */
    static void write(Path folder) throws IOException {
        CommandLine line = HotpoolCommand.commandLine();
        Path pages = Files.createDirectories(folder.resolve("man"));
        for (Map.Entry<String, String> page : pages(line.getCommandSpec()).entrySet()) {
            Files.writeString(pages.resolve(page.getKey() + ".1"), page.getValue());
        }
        Path completion = Files.createDirectories(folder.resolve("completion"));
        Files.writeString(completion.resolve("hotpool"), AutoComplete.bash("hotpool", line));
    }

    /** Text by name: {@code hotpool-ca-show}. */
    static Map<String, String> pages(CommandSpec root) {
        Map<String, String> pages = new TreeMap<>();
        pages.put(name(root), new ManPages(root).page());
        root.subcommands().values().forEach(sub -> pages.putAll(pages(sub.getCommandSpec())));
        return pages;
    }

    private static String name(CommandSpec spec) {
        return spec.qualifiedName("-");
    }

    private String page() {
        UsageMessageSpec usage = spec.usageMessage();
        lines.add(".TH " + name(spec).toUpperCase(Locale.ROOT) + " 1 \"\" \"hotpool\" \"hotpool manual\"");
        section("NAME");
        String description = text(usage.description());
        text(name(spec) + " \\- " + firstSentence(description));
        section("SYNOPSIS");
        lines.add(".nf");
        new Help(spec, new Help.ColorScheme.Builder(Ansi.OFF).build())
                .synopsis(0)
                .lines()
                .forEach(this::text);
        lines.add(".fi");
        section("DESCRIPTION");
        text(description);
        parameters();
        options();
        commands();
        footer(usage);
        seeAlso();
        return String.join("\n", lines) + "\n";
    }

    private void parameters() {
        List<PositionalParamSpec> visible = spec.positionalParameters().stream()
                .filter(parameter -> !parameter.hidden())
                .toList();
        if (!visible.isEmpty()) {
            section("ARGUMENTS");
            visible.forEach(p -> entry(p.paramLabel(), described(p)));
        }
    }

    private void options() {
        section("OPTIONS");
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) {
                String value = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
                entry(String.join(", ", option.names()) + value, described(option));
            }
        }
    }

    private void commands() {
        if (!spec.subcommands().isEmpty()) {
            section("COMMANDS");
            spec.subcommands()
                    .forEach((name, sub) ->
                            entry(name, text(sub.getCommandSpec().usageMessage().description())));
        }
    }

    /** As it stands: exit codes, examples, the keys of the configuration. */
    private void footer(UsageMessageSpec usage) {
        if (usage.footer().length > 0) {
            section("NOTES");
            lines.add(".nf");
            for (String line : usage.footer()) {
                text(line);
            }
            lines.add(".fi");
        }
    }

    private void seeAlso() {
        List<String> others = new ArrayList<>();
        if (spec.parent() != null) {
            others.add(name(spec.parent()));
        }
        spec.subcommands().values().forEach(sub -> others.add(name(sub.getCommandSpec())));
        if (!others.isEmpty()) {
            section("SEE ALSO");
            text(others.stream().map(name -> name + "(1)").collect(Collectors.joining(", ")));
        }
    }

    private void section(String title) {
        lines.add(".SH " + title);
    }

    private void entry(String term, String description) {
        lines.add(".TP");
        lines.add("\\fB" + escaped(term) + "\\fR");
        text(description);
    }

    private static String described(ArgSpec argument) {
        String standard = argument.defaultValue() == null ? "" : argument.defaultValue();
        return text(argument.description()).replace("${DEFAULT-VALUE}", standard);
    }

    private static String text(String[] description) {
        return String.join(" ", description);
    }

    private void text(String line) {
        lines.add(line.isEmpty() ? "" : escaped(line));
    }

    private static String firstSentence(String text) {
        int end = text.indexOf(". ");
        return (end < 0 ? text : text.substring(0, end + 1)).replaceAll("\\.$", "");
    }

    /** A line that begins with a dot or a quote would be an order to troff. */
    private static String escaped(String line) {
        String plain = Ansi.OFF
                .string(line)
                .replace("%n", " ")
                .replace("%%", "%")
                .replace("\\-", "\u0000")
                .replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("\u0000", "\\-")
                .stripTrailing();
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }
}
