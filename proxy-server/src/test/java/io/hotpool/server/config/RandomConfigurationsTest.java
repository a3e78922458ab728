package io.hotpool.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whole files drawn at random from values that each key takes, and from values that it does not. */
class RandomConfigurationsTest {
    private static final long SEED = 20261123;
    private static final int FILES = 300;

    private final Random random = new Random(SEED);

    @Test
    void every_file_of_right_values_is_read_with_each_value_from_its_line() throws Exception {
        for (int i = 0; i < FILES; i++) {
            Map<Key<?>, String> chosen = choose();
            Problems problems = new Problems();
            Layer layer = Layer.ofToml(toml(chosen), Path.of("random.toml"), problems);
            Values values = Values.read(List.of(layer), problems);

            assertThat(problems.any())
                    .as("seed %d, file %d:%n%s", SEED, i, toml(chosen))
                    .isFalse();
            for (Key<?> key : chosen.keySet()) {
                assertThat(values.place(key).source()).isEqualTo("random.toml");
                assertWrittenValueReadsEqual(key, values);
            }
        }
    }

    @Test
    void every_file_with_wrong_values_reports_each_of_them_at_its_line_and_no_other() {
        for (int i = 0; i < FILES; i++) {
            Map<Key<?>, String> chosen = choose();
            List<String> broken = breakSome(chosen);
            String text = toml(chosen);
            Problems problems = new Problems();
            Values.read(List.of(Layer.ofToml(text, Path.of("random.toml"), problems)), problems);

            List<String> reported = new ArrayList<>();
            try {
                problems.throwIfAny();
            } catch (ConfigException e) {
                e.problems().forEach(p -> reported.add(p.key().replaceAll("\\[.*", "")));
                e.problems()
                        .forEach(p -> assertThat(
                                        text.lines().toList().get(p.place().line() - 1))
                                .as("the line of %s", p)
                                .startsWith(p.key().replaceAll("^[a-z]+\\.|\\[.*", "")));
            }
            assertThat(reported.stream().distinct())
                    .as("seed %d, file %d:%n%s", SEED, i, text)
                    .containsExactlyInAnyOrderElementsOf(broken);
        }
    }

    private static <T> void assertWrittenValueReadsEqual(Key<T> key, Values values) {
        T value = values.get(key);
        T again = key.type().read(Layer.given(key, key.type().write(value), Place.DEFAULT), new Problems());
        assertThat(again).as(key.path()).isEqualTo(value);
    }

    private Map<Key<?>, String> choose() {
        Map<Key<?>, String> chosen = new LinkedHashMap<>();
        for (Key<?> key : Keys.ALL) {
            Samples samples = Samples.of(key);
            if (samples != null && random.nextInt(3) == 0) {
                chosen.put(key, samples.fitting(key, random));
            }
        }
        chosen.putIfAbsent(Keys.POOL_RETRIES, "2");
        return chosen;
    }

    private List<String> breakSome(Map<Key<?>, String> chosen) {
        List<String> broken = new ArrayList<>();
        for (Key<?> key : List.copyOf(chosen.keySet())) {
            Samples samples = Samples.of(key);
            if (samples != null && (broken.isEmpty() || random.nextInt(4) == 0)) {
                chosen.put(
                        key, samples.wrong().get(random.nextInt(samples.wrong().size())));
                broken.add(key.path());
            }
        }
        return broken;
    }

    private static String toml(Map<Key<?>, String> values) {
        StringBuilder text = new StringBuilder();
        Keys.SECTIONS.keySet().forEach(section -> {
            text.append('[').append(section).append("]\n");
            values.forEach((key, value) -> {
                if (key.section().equals(section)) {
                    text.append(key.name()).append(" = ").append(value).append('\n');
                }
            });
        });
        return text.toString();
    }
}
