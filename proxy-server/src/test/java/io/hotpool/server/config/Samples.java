package io.hotpool.server.config;

import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Right and wrong values by the kind of value that a key takes, told by its description. */
record Samples(String marker, List<String> right, List<String> wrong) {
    private static final List<Samples> ALL = List.of(
            new Samples("one of \"error\"", List.of("\"error\"", "\"trace\""), List.of("\"loud\"", "3", "true")),
            new Samples("one of \"text\"", List.of("\"text\"", "\"json\""), List.of("\"xml\"", "[]")),
            new Samples("one of \"preserve\"", List.of("\"preserve\"", "\"align\""), List.of("\"both\"", "1")),
            new Samples("one of \"https-first\"", List.of("\"never\"", "\"always\""), List.of("\"\"", "false")),
            new Samples("one of \"auto\"", List.of("\"auto\"", "true", "false"), List.of("\"maybe\"", "1")),
            new Samples(
                    "an integer from", List.of("1", "7", "1000"), List.of("-1", "2000000000", "\"5\"", "1.5", "true")),
            new Samples("a number from", List.of("0.0", "0.5", "1"), List.of("-0.1", "\"half\"", "true")),
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

    /** Null for a kind that is not known here. */
    static @Nullable Samples of(Key<?> key) {
        return ALL.stream()
                .filter(s -> key.type().allowed().startsWith(s.marker()))
                .findFirst()
                .orElse(null);
    }

    /** A right value of the kind may still be outside of this key's range: then its default. */
    String fitting(Key<?> key, Random random) {
        String value = right.get(random.nextInt(right.size()));
        Problems problems = new Problems();
        key.type().read(Layer.given(key, value, Place.DEFAULT), problems);
        return problems.any() ? key.defaultToml() : value;
    }
}
