package io.hotpool.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.wire.fixture.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the build writes from the commands' own descriptions. */
class ManPagesTest {
    @TempDir
    Path folder;

    @BeforeEach
    void write() throws Exception {
        ManPages.write(folder);
    }

    @Test
    void every_command_has_a_page_that_names_each_of_its_options() throws Exception {
        assertPages(HotpoolCommand.commandLine().getCommandSpec());
        try (var files = Files.list(folder.resolve("man"))) {
            assertThat(files.count()).isGreaterThan(20);
        }
    }

    private void assertPages(CommandSpec spec) throws Exception {
        Path page = folder.resolve("man").resolve(spec.qualifiedName("-") + ".1");
        assertThat(page).exists();
        String text = Files.readString(page).replace("\\-", "-");
        assertThat(text).contains(".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH OPTIONS");
        for (OptionSpec option : spec.options()) {
            assertThat(option.hidden() || text.contains(option.longestName()))
                    .as(page + " names " + option.longestName())
                    .isTrue();
        }
        for (CommandLine sub : spec.subcommands().values()) {
            assertPages(sub.getCommandSpec());
        }
    }

    @Test
    void groff_has_no_complaint_and_shows_what_help_says() throws Exception {
        try (var files = Files.list(folder.resolve("man"))) {
            List<Path> pages = files.toList();
            Program.Output output = Program.named("groff")
                    .args("-man", "-Tutf8", "-Kutf8", "-ww")
                    .args(pages.toArray())
                    .run();
            assertThat(output.exit()).isZero();
            assertThat(output.errors().lines().filter(line -> !line.contains("cannot adjust line")))
                    .isEmpty();
            assertThat(output.text().replaceAll("\u001b\\[[0-9;]*m|.\b", ""))
                    .contains("pool.max_connections", "hotpool-ca-rotate", "Exit codes");
        }
    }

    @Test
    void bash_loads_the_completion_and_completes_commands_and_options() throws Exception {
        Path script = folder.resolve("completion/hotpool");
        String words = "source " + script + " || exit 3\n"
                + "complete -p hotpool || exit 4\n"
                + "COMP_WORDS=(hotpool pre); COMP_CWORD=1; _complete_hotpool; echo \"commands: ${COMPREPLY[*]}\"\n"
                + "COMP_WORDS=(hotpool bench --cl); COMP_CWORD=2; COMPREPLY=(); _complete_hotpool; echo \"options: ${COMPREPLY[*]}\"\n";
        Program.Output output =
                Program.named("bash").args("--norc", "-c", words).run();

        assertThat(output.exit()).as(output::toString).isZero();
        assertThat(output.text()).contains("commands: prewarm").contains("options: --clients");
    }

    @Test
    void the_pages_are_those_of_the_commands_and_no_others() {
        Map<String, String> pages = ManPages.pages(HotpoolCommand.commandLine().getCommandSpec());
        assertThat(pages).containsKeys("hotpool", "hotpool-run", "hotpool-bench", "hotpool-profiles-verify");
        assertThat(pages.keySet()).allMatch(name -> name.equals("hotpool") || name.startsWith("hotpool-"));
    }
}
