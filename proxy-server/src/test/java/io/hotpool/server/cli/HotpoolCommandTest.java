package io.hotpool.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.server.config.PasswordHash;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class HotpoolCommandTest {
    private static final InputStream INPUT = System.in;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    @AfterEach
    void restoreInput() {
        System.setIn(INPUT);
    }

    @Test
    void without_a_command_it_runs() {
        assertThat(HotpoolCommand.withDefault()).containsExactly("run");
        assertThat(HotpoolCommand.withDefault("--listen", "9000")).containsExactly("run", "--listen", "9000");
        assertThat(HotpoolCommand.withDefault("--help")).containsExactly("--help");
        assertThat(HotpoolCommand.withDefault("status")).containsExactly("status");
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | run -v -q | exclude each other",
                "2 | run --profile lynx | there is no profile 'lynx'",
                "2 | run -c /no/such/file | /no/such/file: cannot be read: there is no such file or folder",
                "2 | check -c / | /: cannot be read: is a directory",
                "2 | demo --profile lynx | there is no profile 'lynx'",
                "2 | profiles diff chrome lynx | there is no profile 'lynx'",
                "2 | passwd a:b | cannot be a user's name",
                "2 | prewarm --scheme ftp a.test | https, http",
                "2 | ca export --der | --der needs --out",
                "1 | logs /no/such/file | /no/such/file cannot be read: there is no such file or folder",
                "1 | logs / | is a folder",
                "1 | ca show --set ca.dir=/dev/null/x | ca.dir: /dev/null/x is not a folder",
                "1 | bench --direct --ca /no/such/file https://127.0.0.1:1/ | /no/such/file: there is no such file",
                "1 | bench --direct --ca /dev/null https://127.0.0.1:1/ | --ca: /dev/null has no certificate",
                "1 | capture --browser /no/such/program | /no/such/program",
                "1 | stop --pid 2147483647 | names a process that is none of them",
            })
    void what_is_wrong_by_itself_ends_with_2_and_what_does_not_work_with_1(int exit, String words, String told) {
        assertThat(run(words.split(" "))).as(words + ": " + err).isEqualTo(exit);
        assertThat(err.toString()).contains(told).doesNotContain("Exception", "should not have happened");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void every_example_is_taken_by_its_command() {
        List<CommandLine> all = new ArrayList<>(List.of(HotpoolCommand.commandLine()));
        int seen = 0;
        for (int i = 0; i < all.size(); i++) {
            all.addAll(all.get(i).getSubcommands().values());
            String name = Examples.name(all.get(i).getCommandSpec());
            for (String example : Examples.of(name)) {
                String words =
                        example.replaceFirst(".*?\\bhotpool (?!stop &&)", "").replaceAll("[)\"]+$| (?:&&|>) .*", "");
                if (example.contains("&&")) {
                    words = name;
                }
                assertThat(example).contains("hotpool " + name);
                HotpoolCommand.commandLine().parseArgs(words.split(" "));
                seen++;
            }
        }
        assertThat(seen).isGreaterThan(40);
    }

    @Test
    void an_unknown_command_is_a_usage_error() {
        assertThat(run("fly")).isEqualTo(2);
        assertThat(err.toString()).contains("fly");
    }

    @Test
    void a_configuration_that_is_wrong_ends_with_2_and_names_every_line() throws IOException {
        Path file = write("[pool]\nmax_connections = 0\nmin_hot = -1\n");

        assertThat(run("check", "--config", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains(file + ":2: pool.max_connections", file + ":3: pool.min_hot", "2 errors");
    }

    @Test
    void a_profile_that_does_not_exist_is_a_configuration_error() throws IOException {
        Path file = write("[[rule]]\nhost = \"*\"\nprofile = \"lynx\"\n");

        assertThat(run("check", "--config", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains(file + ":1: rule[1].profile: there is no profile 'lynx'");
    }

    @Test
    void check_prints_warnings_and_where_values_come_from() throws IOException {
        Path file = write("[pool]\nmax_connections = 600\n");

        assertThat(run("check", "-e", "--config", file.toString(), "--set", "pool.min_hot=2"))
                .isZero();
        assertThat(out.toString())
                .contains("warning: " + file + ":2: pool.max_connections")
                .containsPattern("pool.min_hot += 2 +\\(--set\\)")
                .contains("fine: " + file);
    }

    @Test
    void check_as_json_has_the_same_facts() throws IOException {
        Path file = write("[pool]\nmax_connections = 600\n");

        assertThat(run("check", "-e", "--json", "--config", file.toString())).isZero();
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.at("/ok").asBoolean()).isTrue();
        assertThat(json.at("/warnings/0/line").asInt()).isEqualTo(2);
        assertThat(json.at("/effective/pool.max_connections/value").asText()).isEqualTo("600");
    }

    @Test
    void check_as_json_tells_errors_too() throws IOException {
        Path file = write("[pool]\nmax_connections = 0\n");

        assertThat(run("check", "--json", "--config", file.toString())).isEqualTo(2);
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.at("/ok").asBoolean(true)).isFalse();
        assertThat(json.at("/errors/0/key").asText()).isEqualTo("pool.max_connections");
    }

    @Test
    void profiles_are_listed_and_shown() {
        assertThat(run("profiles")).isZero();
        assertThat(out.toString()).contains("chrome-156", "firefox-153");
        assertThat(run("profiles", "show", "chrome_156")).isZero();
        assertThat(run("profiles", "show", "lynx")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no profile 'lynx'", "`hotpool profiles` lists");
    }

    @Test
    void the_exported_root_is_that_of_the_folder_and_the_key_stays() throws IOException {
        Path to = folder.resolve("out.pem");
        String dir = "ca.dir=" + folder.resolve("ca");

        assertThat(run("ca", "export", "--set", dir, "--out", to.toString())).isZero();
        assertThat(to).hasSameTextualContentAs(folder.resolve("ca/ca.pem"));
        assertThat(run("ca", "export", "--set", dir)).isZero();
        assertThat(out.toString()).contains("BEGIN CERTIFICATE").doesNotContain("PRIVATE");
    }

    @Test
    void a_password_from_the_standard_input_becomes_an_entry_that_matches() {
        System.setIn(new ByteArrayInputStream("s3cret\n".getBytes(StandardCharsets.UTF_8)));

        assertThat(run("passwd", "alice")).isZero();
        String hash = out.toString().replaceAll("(?s).*password_hash = \"([^\"]+)\".*", "$1");
        assertThat(PasswordHash.matches(hash, "s3cret".toCharArray())).isTrue();
        assertThat(PasswordHash.matches(hash, "s3cres".toCharArray())).isFalse();
        assertThat(out.toString()).doesNotContain("s3cret");
    }

    @Test
    void variables_name_the_proxy_and_bundles_that_hold_the_root() throws Exception {
        assertThat(run("ca", "show", "--set", "ca.dir=" + folder)).isZero();
        Path ca = folder.resolve("ca.pem");

        var variables = Environment.variables("127.0.0.1:9000", ca);

        assertThat(variables)
                .containsEntry("HTTPS_PROXY", "http://127.0.0.1:9000")
                .containsEntry("NODE_EXTRA_CA_CERTS", ca.toString());
        assertThat(Files.readString(Path.of(variables.get("SSL_CERT_FILE")))).contains(Files.readString(ca));
        assertThat(variables.get("JAVA_TOOL_OPTIONS")).contains("-Dhttps.proxyPort=9000");
    }

    private int run(String... arguments) {
        CommandLine line = HotpoolCommand.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(List.of(arguments).toArray(String[]::new));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("hotpool.toml"), text);
    }
}
