package io.hotpool.server.config;

import io.hotpool.pool.PoolConfig.Health;
import io.hotpool.pool.address.AddressBlock;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The types of single values. */
final class Scalars {
    static final ValueType<Boolean> BOOLEAN = new ScalarType<>(
            given -> given.value() instanceof Boolean b ? Optional.of(b) : Optional.empty(),
            Object::toString,
            "true or false",
            Map.of("type", "boolean"),
            false);

    static final ValueType<String> TEXT =
            new ScalarType<>(Scalars::string, Scalars::quoted, "a text in quotes", Map.of("type", "string"), true);

    /** A name that may not be empty. */
    static final ValueType<String> NAME =
            text("a name that is not empty", text -> text.isBlank() ? Optional.empty() : Optional.of(text.strip()));

    static final ValueType<Path> PATH = new ScalarType<>(
            given -> string(given).filter(text -> !text.isBlank()).map(text -> Paths.resolve(text, given.place())),
            path -> quoted(path.toString()),
            "a path",
            Map.of("type", "string"),
            true);

    static final ValueType<Cidr> CIDR = text("an address or a CIDR block such as \"10.0.0.0/8\"", text -> {
        try {
            return Optional.of(Cidr.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    });

    static final ValueType<AddressBlock> ADDRESS_BLOCK =
            text("an address or a CIDR block such as \"10.0.0.0/8\"", text -> {
                try {
                    return Optional.of(AddressBlock.parse(text));
                } catch (IllegalArgumentException e) {
                    return Optional.empty();
                }
            });

    static final ValueType<AddressBlock> IPV6_SUBNET = text("an IPv6 subnet such as \"2001:db8:1::/64\"", text -> {
        try {
            return Optional.of(AddressBlock.parse(text))
                    .filter(block -> block.network().getAddress().length == 16 && block.prefix() >= 16);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    });

    static final ValueType<String> HOST = text("a host name or an address", HostNames::normal);

    static final ValueType<String> HOST_PATTERN =
            text("a host name, \"*.\" and a host name, an address, or \"*\"", HostNames::normalPattern);

    static final ValueType<InetAddress> ADDRESS = new ScalarType<>(
            given -> string(given).flatMap(Scalars::address),
            address -> quoted(NetUtil.toAddressString(address)),
            "an IP address",
            Map.of("type", "string"),
            true);

    static final ValueType<String> HEALTH_PATH =
            text("a path that begins with /", t -> Optional.of(t).filter(p -> p.startsWith("/")));

    static final ValueType<List<String>> EXPECTATIONS = new ListType<>(
            text("any, 2xx or 204", t -> Optional.of(t).filter(Health::expectation)), "words: any, 2xx or 204");

    private Scalars() {}

    static ValueType<Integer> integer(int least, int most) {
        return new ScalarType<>(
                given -> given.value() instanceof Long n && n >= least && n <= most
                        ? Optional.of(n.intValue())
                        : Optional.empty(),
                Object::toString,
                "an integer from " + least + " to " + most,
                Map.of("type", "integer", "minimum", least, "maximum", most),
                false);
    }

    static ValueType<Double> share() {
        return new ScalarType<>(
                given -> number(given).filter(n -> n >= 0 && n <= 1),
                Object::toString,
                "a number from 0.0 to 1.0",
                Map.of("type", "number", "minimum", 0, "maximum", 1),
                false);
    }

    static ValueType<Double> number(double least, double most) {
        return new ScalarType<>(
                given -> number(given).filter(n -> n >= least && n <= most),
                Object::toString,
                "a number from " + least + " to " + most,
                Map.of("type", "number", "minimum", least, "maximum", most),
                false);
    }

    static ValueType<Duration> duration(Duration least, Duration most) {
        return new ScalarType<>(
                given -> anyText(given)
                        .flatMap(Durations::parse)
                        .filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0),
                duration -> quoted(Durations.text(duration)),
                "a duration from " + Durations.text(least) + " to " + Durations.text(most)
                        + " such as \"500ms\", \"30s\", \"5m\", or an integer of seconds",
                Map.of("oneOf", List.of(Map.of("type", "integer"), pattern("^\\d+ *(ms|s|m|h|d)?$"))),
                false);
    }

    static ValueType<Integer> size(int least, int most) {
        return new ScalarType<>(
                given -> anyText(given).flatMap(text -> {
                    long bytes = Sizes.parse(text).orElse(-1);
                    return bytes >= least && bytes <= most ? Optional.of((int) bytes) : Optional.<Integer>empty();
                }),
                bytes -> quoted(Sizes.text(bytes)),
                "a size from " + Sizes.text(least) + " to " + Sizes.text(most)
                        + " such as \"64KiB\", or an integer of bytes",
                Map.of("oneOf", List.of(Map.of("type", "integer"), pattern("^\\d+ *([kKMG]i?)?B?$"))),
                false);
    }

    /** Constants in lower case, with a dash for the underscore; {@code true} and {@code false} without quotes too. */
    static <E extends Enum<E>> ValueType<E> choice(Class<E> constants) {
        List<String> names =
                Arrays.stream(constants.getEnumConstants()).map(Scalars::label).toList();
        return new ScalarType<>(
                given -> Arrays.stream(constants.getEnumConstants())
                        .filter(c -> label(c).equals(scalarText(given)))
                        .findFirst(),
                constant -> bareOrQuoted(label(constant)),
                oneOf(names),
                choiceSchema(names),
                false);
    }

    static ValueType<String> oneOfTexts(String... names) {
        List<String> all = List.of(names);
        return new ScalarType<>(
                given -> string(given).map(s -> s.toLowerCase(Locale.ROOT)).filter(all::contains),
                Scalars::quoted,
                oneOf(all),
                Map.of("enum", all),
                true);
    }

    /** An empty text stands for none. */
    static <T> ValueType<Optional<T>> optional(ValueType<T> type) {
        return new ScalarType<>(
                given -> {
                    if ("".equals(given.value())) {
                        return Optional.of(Optional.empty());
                    }
                    T value = type.read(given, new Problems());
                    return value == null ? Optional.empty() : Optional.of(Optional.of(value));
                },
                value -> value.map(type::write).orElse("\"\""),
                type.allowed() + ", or \"\" for none",
                type.schema(),
                type.literal());
    }

    static <T> ValueType<T> text(String allowed, Function<String, Optional<T>> reading) {
        return new ScalarType<>(
                given -> string(given).flatMap(reading),
                value -> quoted(value.toString()),
                allowed,
                Map.of("type", "string"),
                true);
    }

    static Optional<String> string(Given given) {
        return given.value() instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** A text, or the digits of an integer. */
    static Optional<String> anyText(Given given) {
        return given.value() instanceof Long n ? Optional.of(n.toString()) : string(given);
    }

    private static Optional<Double> number(Given given) {
        return given.value() instanceof Number n ? Optional.of(n.doubleValue()) : Optional.empty();
    }

    private static String scalarText(Given given) {
        return given.value().toString().toLowerCase(Locale.ROOT);
    }

    private static Optional<InetAddress> address(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text.strip());
        try {
            return bytes == null ? Optional.empty() : Optional.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String oneOf(List<String> names) {
        return "one of " + names.stream().map(Scalars::bareOrQuoted).collect(Collectors.joining(", "));
    }

    private static Map<String, Object> choiceSchema(List<String> names) {
        return Map.of(
                "enum",
                names.stream()
                        .map(n -> isBoolean(n) ? (Object) Boolean.valueOf(n) : n)
                        .toList());
    }

    private static String bareOrQuoted(String name) {
        return isBoolean(name) ? name : quoted(name);
    }

    private static boolean isBoolean(String name) {
        return name.equals("true") || name.equals("false");
    }

    private static Map<String, Object> pattern(String regex) {
        return Map.of("type", "string", "pattern", Objects.requireNonNull(regex));
    }

    static String quoted(String text) {
        return Given.toml(text);
    }
}
