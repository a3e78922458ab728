package io.hotpool.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Files that come from the registry of keys. {@code mvn test -Dtest=GeneratedFilesTest -Dhotpool.regenerate=true} writes them anew. */
class GeneratedFilesTest {
    private static final Path REPOSITORY = Path.of("").toAbsolutePath().getParent();
    private static final Path FILE = REPOSITORY.resolve("config/hotpool.toml");
    private static final boolean REGENERATE = Boolean.getBoolean("hotpool.regenerate");

    @Test
    void the_annotated_file_has_every_key_at_its_default() throws IOException {
        assertWritten(FILE, Reference.annotatedFile());
    }

    @Test
    void the_annotated_file_as_it_is_sets_nothing() throws ConfigException {
        Loaded loaded = new ConfigReader(FILE, Map.of(), List.of()).read();

        assertThat(loaded.config()).isEqualTo(ConfigReader.defaults());
        assertThat(loaded.effective().values()).allMatch(v -> v.origin().equals("default"));
    }

    @Test
    void the_annotated_file_with_every_key_uncommented_gives_the_defaults() throws IOException {
        String text = Files.readString(FILE)
                .lines()
                .takeWhile(line -> !line.startsWith("# Rules by host"))
                .map(line -> line.matches("#( +[\\d\"][\\w\"]*[],]| [a-z0-9_]+ = ).*") ? line.substring(1) : line)
                .collect(Collectors.joining("\n"));
        Problems problems = new Problems();
        Layer layer = Layer.ofToml(text, FILE, problems);
        Values values = Values.read(List.of(layer), problems);

        assertThat(problems.errors()).isEmpty();
        assertThat(layer.values()).hasSize((int)
                Keys.ALL.stream().filter(k -> !k.section().isEmpty()).count());
        assertThat(Binder.bind(values)).isEqualTo(ConfigReader.defaults());
    }

    @Test
    void the_schema_is_that_of_the_keys() throws IOException {
        assertWritten(REPOSITORY.resolve("config/hotpool.schema.json"), Reference.schema());
    }

    @Test
    void the_table_in_the_readme_is_that_of_the_keys() throws IOException {
        Path readme = REPOSITORY.resolve("README.md");
        String text = Files.readString(readme);
        String begin = "<!-- keys: begin, from the registry of keys -->\n";
        String end = "<!-- keys: end -->\n";
        int from = text.indexOf(begin) + begin.length();
        assertThat(text).contains(begin, end);
        assertWritten(readme, text.substring(0, from) + Reference.table() + text.substring(text.indexOf(end)));
    }

    private static void assertWritten(Path file, String wanted) throws IOException {
        if (REGENERATE) {
            Files.writeString(file, wanted);
        }
        assertThat(file).content().isEqualTo(wanted);
    }
}
