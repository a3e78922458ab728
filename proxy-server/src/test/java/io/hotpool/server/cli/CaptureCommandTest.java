package io.hotpool.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.Profiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@Timeout(120)
class CaptureCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path REFERENCE = Path.of("../proxy-pool/src/test/resources/reference/clients");

    /** Firefox 102, as published. */
    private static final String FIREFOX_102 =
            "771,4865-4867-4866-49195-49199-52393-52392-49196-49200-49162-49161-49171-49172-"
                    + "156-157-47-53,0-23-65281-10-11-35-16-5-34-51-43-13-45-28-21,29-23-24-25-256-257,0";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    @Test
    void a_profile_from_a_ja3_sends_that_ja3() throws IOException {
        assertThat(capture("--ja3", FIREFOX_102, "--name", "firefox-102", "--json"))
                .as(err::toString)
                .isZero();

        BrowserProfile made = Profiles.load(folder).find("firefox-102").orElseThrow();
        JsonNode seen = verify("firefox-102");
        assertThat(seen.at("/tls/ja3").asText()).isEqualTo(md5(FIREFOX_102));
        assertThat(made.expected().ja3()).isEqualTo(md5(FIREFOX_102));
        assertThat(made.provenance().assumed())
                .anyMatch(line -> line.matches("HTTP/2, header fields: those of firefox-.*"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "579ccef312d18482fc42e2b822ca2430 | the MD5 of a JA3",
                "771,4865,10-13 | this has 3 parts",
                "769,4865,10-13,29,0 | version 769",
                "771,4865,10,29,0 | no extension 13",
                "771,4865,10-13-43,29,0 | key_share",
                "771,4865,10-13-44,29,0 | extension 44 (cookie)",
                "771,4865,10-13-4242,29,0 | extension 4242 (unknown): a JA3 does not tell its content",
                "771,4865,10-13-x,29,0 | 'x' is not a number",
            })
    void a_ja3_that_cannot_be_honoured_is_an_error_that_names_what(String ja3, String what) {
        assertThat(capture("--ja3", ja3, "--name", "odd")).isOne();

        assertThat(err.toString()).contains(what);
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({"firefox-esr-153,firefox-153", "chromium-156,chromium-156"})
    void a_profile_from_a_hello_is_that_browsers_tls(String client, String builtIn) throws IOException {
        String hex = JSON.readTree(REFERENCE.resolve(client + ".json").toFile())
                .at("/tls/cases/fresh/samples/0")
                .asText();
        Path file = Files.writeString(folder.resolveSibling("hello-" + client + ".hex"), hex);

        assertThat(capture("--hello", file.toString(), "--name", "own", "--like", builtIn))
                .as(err::toString)
                .isZero();

        BrowserProfile made = Profiles.load(folder).find("own").orElseThrow();
        BrowserProfile kept = Profiles.builtIn().find(builtIn).orElseThrow();
        assertThat(ProfileFacts.differences(kept, made))
                .extracting(ProfileFacts.Difference::what)
                .allMatch(what -> what.equals("tls.extension 0xfe0d")); // one of the AEADs that are drawn
        assertThat(made.expected().ja4()).isEqualTo(kept.expected().ja4());
        assertThat(out.toString()).contains("as promised", "hotpool run --profile own");
    }

    @Test
    void a_file_that_is_there_is_kept_unless_told_otherwise() {
        assertThat(capture("--ja3", FIREFOX_102, "--name", "mine")).isZero();
        assertThat(capture("--ja3", FIREFOX_102, "--name", "mine")).isOne();
        assertThat(err.toString()).contains("mine.json exists", "--force");
        assertThat(capture("--ja3", FIREFOX_102, "--name", "mine", "--force")).isZero();
    }

    @Test
    void a_name_that_no_profile_can_have_is_refused() {
        assertThat(capture("--ja3", FIREFOX_102, "--name", "My Browser")).isOne();
        assertThat(err.toString()).contains("the profile cannot be used", "lower case letters");
    }

    @Test
    void an_alias_that_another_file_has_leaves_no_file_behind() {
        assertThat(capture("--ja3", FIREFOX_102, "--name", "one", "--alias", "both"))
                .isZero();
        assertThat(capture("--ja3", FIREFOX_102, "--name", "two", "--alias", "both"))
                .isOne();
        assertThat(err.toString()).contains("was not written", "\"both\" is claimed by one and by two");
        assertThat(folder.resolve("two.json")).doesNotExist();
    }

    @Test
    void only_one_source_can_be_given() {
        assertThat(capture("--ja3", FIREFOX_102, "--hello", "00")).isEqualTo(2);
        assertThat(err.toString()).contains("mutually exclusive");
    }

    @Test
    void a_place_that_cannot_be_written_is_refused_before_a_browser_is_asked_for() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThat(run(
                        "capture",
                        "--timeout",
                        "1",
                        "--out",
                        file.resolve("below").toString()))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("cannot be written")
                .contains(file.toString())
                .doesNotContain("no browser came");
    }

    @Test
    void nobody_came_is_told_with_the_address() {
        int code = capture("--timeout", "1", "--listen", "127.0.0.1:0");

        assertThat(code).isOne();
        assertThat(out.toString()).contains("Open this page", "https://www.capture.localhost:", "http://localhost:");
        assertThat(err.toString()).contains("not through after 1 s", "no browser came");
    }

    private int capture(String... arguments) {
        String[] all = new String[arguments.length + 5];
        System.arraycopy(
                new String[] {"capture", "--out", folder.toString(), "--set", "ca.dir=" + folder + "-ca"},
                0,
                all,
                0,
                5);
        System.arraycopy(arguments, 0, all, 5, arguments.length);
        return run(all);
    }

    /** What an origin saw of a request with that profile. */
    private JsonNode verify(String name) throws IOException {
        out.getBuffer().setLength(0);
        assertThat(run("profiles", "verify", name, "--json", "--set", "fingerprint.profile_dir=" + folder))
                .isZero();
        return JSON.readTree(out.toString()).at("/steps/0/seen");
    }

    private static String md5(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private int run(String... arguments) {
        CommandLine line = HotpoolCommand.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
