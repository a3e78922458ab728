package io.hotpool.pool.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProfileWriterTest {
    static List<BrowserProfile> profiles() {
        return Profiles.builtIn().all();
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void what_is_written_reads_as_the_same_profile(BrowserProfile profile) {
        String text = ProfileWriter.write(profile);

        BrowserProfile read = ProfileReader.read("written.json", text.getBytes(StandardCharsets.UTF_8));

        assertThat(read).usingRecursiveComparison().isEqualTo(profile);
        assertThat(text.lines()).allMatch(line -> line.stripLeading().length() < 900);
    }

    @Test
    void a_kept_file_is_written_as_it_was_kept() throws Exception {
        String kept = Files.readString(Path.of("src/main/resources/profiles/firefox-153.json"));

        BrowserProfile profile = Profiles.builtIn().find("firefox-153").orElseThrow();

        assertThat(ProfileWriter.write(profile).replace("application_layer_protocol_negotiation", "alpn"))
                .isEqualToIgnoringWhitespace(kept);
    }
}
