package io.hotpool.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.Profiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(120)
class ProfilesCommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    @Test
    void diff_names_what_a_server_can_see() throws IOException {
        assertThat(run("profiles", "diff", "chrome", "chromium", "--json")).isZero();

        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.get("left").asText()).isEqualTo("chrome-156");
        List<String> what = new ArrayList<>();
        json.get("differences").forEach(d -> {
            what.add(d.get("what").asText());
            assertThat(d.get("left").asText().replace("\"Google Chrome\"", ""))
                    .contains("sec-ch-ua")
                    .isNotEqualTo(d.get("right").asText());
        });
        assertThat(what).isNotEmpty().allMatch(name -> name.startsWith("headers."));
    }

    @Test
    void diff_of_two_browsers_shows_both_sides() {
        assertThat(run("profiles", "diff", "chrome-156", "firefox-153")).isZero();

        assertThat(out.toString())
                .contains("tls.cipher_suites", "http2.settings", "  chrome-156       GREASE 0x1301", "facts differ");
    }

    @Test
    void diff_of_a_profile_with_itself_is_empty() {
        assertThat(run("profiles", "diff", "firefox", "firefox-153")).isZero();

        assertThat(out.toString()).isEqualToIgnoringNewLines("no server can tell them apart");
    }

    @Test
    void every_profile_is_verified_against_an_origin() {
        int code = run("profiles", "verify");
        System.out.println(out);

        assertThat(code).as(out::toString).isZero();
        int all = Profiles.builtIn().all().size();
        assertThat(out.toString()).contains("chrome-156 ", all + " of " + all + " as promised");
    }

    @Test
    void a_profile_that_promises_what_is_not_sent_fails() throws IOException {
        Path profile = Path.of("..", "proxy-pool/src/main/resources/profiles/firefox-144.json");
        String text = Files.readString(profile)
                .replace("\"name\": \"firefox-144\"", "\"name\": \"firefox-lying\"")
                .replaceFirst("\"aliases\": \\[[^]]*]", "\"aliases\": []")
                .replaceFirst("\"ja4\": \"[^\"]*\"", "\"ja4\": \"t13d0000h2_000000000000_000000000000\"");
        Files.writeString(folder.resolve("own.json"), text);

        int code = run("profiles", "verify", "firefox-lying", "--json", "--set", "fingerprint.profile_dir=" + folder);

        assertThat(code).as(out + "\n" + err).isOne();
        assertThat(out.toString()).contains("tls.ja4").contains("\"match\" : false");
    }

    @Test
    void an_unknown_name_fails_and_says_what_is_near() {
        assertThat(run("profiles", "verify", "chrom-156")).isEqualTo(2);

        assertThat(err.toString()).contains("there is no profile 'chrom-156'", "chrome-156");
    }

    @Test
    void an_old_catalogue_is_told_to_be_old() {
        List<BrowserProfile> all = Profiles.builtIn().all();
        LocalDate newest = all.stream()
                .map(p -> p.provenance().captured())
                .filter(date -> date.matches("\\d{4}-\\d\\d-\\d\\d"))
                .map(LocalDate::parse)
                .max(LocalDate::compareTo)
                .orElseThrow();

        assertThat(ProfileAge.warning(all, newest.plusDays(90))).isEmpty();
        assertThat(ProfileAge.warning(all, newest.plusDays(91)))
                .hasValueSatisfying(text -> assertThat(text).contains("91 days old", "profile_dir"));
    }

    private int run(String... arguments) {
        CommandLine line = HotpoolCommand.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
