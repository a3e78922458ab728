package io.hotpool.pool.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfilesTest {
    private static final Path FILES = Path.of("src/main/resources/profiles");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chrome-156",
                "chrome156",
                "chrome_156",
                "chrome@156",
                "CHROME-156",
                "chrome",
                "chrome-latest",
                "Chrome-Stable",
                "chrome-156-linux",
                "chrome-linux"
            })
    void a_name_has_many_spellings(String name) {
        assertThat(Profiles.builtIn().find(name))
                .get()
                .extracting(BrowserProfile::name)
                .isEqualTo("chrome-156");
    }

    @ParameterizedTest
    @ValueSource(strings = {"firefox", "firefox-latest", "firefox-esr", "firefox-esr-153", "firefox153"})
    void firefox_is_found_by_its_aliases(String name) {
        assertThat(Profiles.builtIn().find(name))
                .get()
                .extracting(BrowserProfile::name)
                .isEqualTo("firefox-153");
    }

    @ParameterizedTest
    @ValueSource(strings = {"chrome-1567", "chrome-156-beos", "", "random", "netscape"})
    void an_unknown_name_is_never_another_profile(String name) {
        assertThat(Profiles.builtIn().find(name)).isEmpty();
    }

    @Test
    void an_unknown_name_has_near_ones() {
        assertThat(Profiles.builtIn().nearest("chrom-156")).startsWith("chrome-156");
        assertThat(Profiles.builtIn().nearest("firefox-999")).contains("firefox-153");
        assertThat(Profiles.builtIn().nearest("zzzzzzzzzzz")).isEmpty();
    }

    @Test
    void the_index_names_every_file() throws IOException {
        String[] index =
                new ObjectMapper().readValue(FILES.resolve("index.json").toFile(), String[].class);
        try (Stream<Path> files = Files.list(FILES)) {
            assertThat(files.map(f -> f.getFileName().toString())
                            .filter(f -> f.endsWith(".json") && !f.equals("index.json"))
                            .map(f -> f.substring(0, f.length() - 5)))
                    .containsExactlyInAnyOrder(index);
        }
        assertThat(Profiles.builtIn().all()).extracting(BrowserProfile::name).containsExactly(index);
    }

    @Test
    void a_users_file_stands_beside_the_built_in_ones(@TempDir Path folder) throws IOException {
        own(folder, "mine.json", "\"chrome-156\"", "\"chrome-157\"");
        ProfileCatalog catalog = Profiles.load(folder);
        assertThat(catalog.find("chrome-157"))
                .get()
                .extracting(BrowserProfile::name)
                .isEqualTo("chrome-157");
        assertThat(catalog.find("chrome"))
                .get()
                .extracting(BrowserProfile::name)
                .isEqualTo("chrome-157");
        assertThat(catalog.find("chrome-156"))
                .get()
                .extracting(BrowserProfile::name)
                .isEqualTo("chrome-156");
        assertThat(catalog.all()).hasSize(Profiles.builtIn().all().size() + 1);
    }

    @Test
    void a_users_file_replaces_a_built_in_of_its_name(@TempDir Path folder) throws IOException {
        own(folder, "mine.json", "156.0.8078.79", "156.0.1.2");
        ProfileCatalog catalog = Profiles.load(folder);
        assertThat(catalog.find("chrome").orElseThrow().version()).isEqualTo("156.0.1.2");
        assertThat(catalog.all()).hasSize(Profiles.builtIn().all().size());
    }

    @Test
    void two_files_cannot_claim_one_name(@TempDir Path folder) throws IOException {
        own(folder, "a.json", "\"chrome-156\"", "\"chrome-157\"");
        own(folder, "b.json", "\"chrome-156\"", "\"chrome-158\"");
        assertThatThrownBy(() -> Profiles.load(folder))
                .isInstanceOf(ProfileFormatException.class)
                .hasMessageContaining("chrome-157")
                .hasMessageContaining("chrome-158");
    }

    @Test
    void a_folder_that_is_not_there_is_named(@TempDir Path folder) {
        assertThatThrownBy(() -> Profiles.load(folder.resolve("gone")))
                .isInstanceOf(ProfileFormatException.class)
                .hasMessageContaining("gone");
    }

    private static void own(Path folder, String file, String from, String to) throws IOException {
        String text = Files.readString(FILES.resolve("chrome-156.json"));
        assertThat(text).contains(from);
        Files.writeString(folder.resolve(file), text.replace(from, to));
    }
}
