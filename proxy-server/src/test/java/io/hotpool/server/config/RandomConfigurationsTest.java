package io.hotpool.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whole files drawn at random from values that each key takes, and from values that it does not. */
class RandomConfigurationsTest {
    private static final long SEED = 20261123;
    private static final int FILES = 300;

    /** Right and wrong values by the kind of value that a key takes, told by its description. */
    private record Samples(String marker, List<String> right, List<String> wrong) {}

    private static final List<Samples> SAMPLES = List.of(
            new Samples("one of \"error\"", List.of("\"error\"", "\"trace\""), List.of("\"loud\"", "3", "true")),
            new Samples("one of \"text\"", List.of("\"text\"", "\"json\""), List.of("\"xml\"", "[]")),
            new Samples("one of \"preserve\"", List.of("\"preserve\"", "\"align\""), List.of("\"both\"", "1")),
            new Samples("one of \"https-first\"", List.of("\"never\"", "\"always\""), List.of("\"\"", "false")),
            new Samples("one of \"auto\"", List.of("\"auto\"", "true", "false"), List.of("\"maybe\"", "1")),
            new Samples(
                    "an integer from", List.of("1", "7", "1000"), List.of("-1", "2000000000", "\"5\"", "1.5", "true")),
            new Samples("a number from", List.of("0.0", "0.5", "1"), List.of("-0.1", "1.1", "\"half\"")),
            new Samples(
                    "a duration", List.of("\"1h\"", "3600", "\"7200s\""), List.of("-1", "\"1 w\"", "true", "\"-5s\"")),
            new Samples("a size", List.of("\"64KiB\"", "4096", "\"8 kB\""), List.of("\"big\"", "-1", "1.5")),
            new Samples("true or false", List.of("true", "false"), List.of("\"true\"", "1", "[]")),
            new Samples("a list of ports", List.of("[]", "[25, 110]"), List.of("[70000]", "[\"25\"]")),
            new Samples(
                    "a list of addresses or CIDR",
                    List.of("[]", "[\"10.0.0.0/8\", \"::1\"]"),
                    List.of("[\"ten\"]", "[10]")),
            new Samples("a list of host names or p", List.of("[]", "[\"*.a.test\"]"), List.of("[\"a b\"]", "[1]")),
            new Samples("a list of host names", List.of("[]", "[\"a.test\"]"), List.of("[\"a b\"]", "[true]")));

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
            Samples samples = samples(key);
            if (samples != null && random.nextInt(3) == 0) {
                chosen.put(key, fitting(key, samples));
            }
        }
        chosen.putIfAbsent(Keys.POOL_RETRIES, "2");
        return chosen;
    }

    /** A right value of the kind may still be outside of this key's range: then one that is inside. */
    private String fitting(Key<?> key, Samples samples) {
        String value = samples.right().get(random.nextInt(samples.right().size()));
        Problems problems = new Problems();
        key.type().read(Layer.given(key, value, Place.DEFAULT), problems);
        return problems.any() ? key.defaultToml() : value;
    }

    private List<String> breakSome(Map<Key<?>, String> chosen) {
        List<String> broken = new ArrayList<>();
        for (Key<?> key : List.copyOf(chosen.keySet())) {
            Samples samples = samples(key);
            if (samples != null && (broken.isEmpty() || random.nextInt(4) == 0)) {
                chosen.put(
                        key, samples.wrong().get(random.nextInt(samples.wrong().size())));
                broken.add(key.path());
            }
        }
        return broken;
    }

    private static @Nullable Samples samples(Key<?> key) {
        return SAMPLES.stream()
                .filter(s -> key.type().allowed().startsWith(s.marker()))
                .findFirst()
                .orElse(null);
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
