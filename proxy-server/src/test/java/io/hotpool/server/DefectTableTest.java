package io.hotpool.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every test that docs/ancestor-defects.md points to is there. */
class DefectTableTest {
    private static final Pattern REFERENCE = Pattern.compile("`([A-Z]\\w*Test)(?:\\.(\\w+))?`");

    private static Map<String, String> tests() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String module : List.of("proxy-pool", "proxy-server")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "test", "java"))) {
                files.filter(f -> f.toString().endsWith("Test.java"))
                        .forEach(f -> sources.put(f.getFileName().toString().replace(".java", ""), read(f)));
            }
        }
        return sources;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void every_test_of_the_table_exists_and_every_defect_has_one() throws IOException {
        Map<String, String> tests = tests();
        List<String> missing = new ArrayList<>();
        int rows = 0;
        for (String line : Files.readAllLines(Path.of("../docs/ancestor-defects.md"))) {
            if (!line.matches("\\| \\d+ \\|.*")) {
                continue;
            }
            rows++;
            Matcher reference = REFERENCE.matcher(line);
            assertThat(reference.find()).as(line).isTrue();
            do {
                String source = tests.get(reference.group(1));
                String method = reference.group(2);
                if (source == null || method != null && !source.contains(" " + method + "(")) {
                    missing.add(reference.group());
                }
            } while (reference.find());
        }
        assertThat(missing).isEmpty();
        assertThat(rows).isEqualTo(23);
    }
}
