package io.hotpool.pool;

import io.hotpool.pool.address.AddressBlock;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** One value of a configuration file, to be read as what its key wants. @param base what paths are relative to */
record TomlValue(String key, Object value, Path base) {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d|)");

    int integer() {
        if (value instanceof Long n && n >= Integer.MIN_VALUE && n <= Integer.MAX_VALUE) {
            return n.intValue();
        }
        throw wrong("an integer");
    }

    double number() {
        if (value instanceof Double d) {
            return d;
        }
        if (value instanceof Long n) {
            return n;
        }
        throw wrong("a number");
    }

    boolean bool() {
        if (value instanceof Boolean b) {
            return b;
        }
        throw wrong("true or false");
    }

    String text() {
        if (value instanceof String s) {
            return s;
        }
        throw wrong("a text");
    }

    /** A bare integer is seconds. */
    Duration duration() {
        if (value instanceof Long seconds && seconds >= 0) {
            return Duration.ofSeconds(seconds);
        }
        Matcher match = DURATION.matcher(value instanceof String s ? s.strip() : "");
        if (!match.matches()) {
            throw wrong("a duration such as \"500ms\", \"30s\", \"5m\", or an integer of seconds");
        }
        long count = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case "d" -> Duration.ofDays(count);
            default -> Duration.ofSeconds(count);
        };
    }

    /** Empty: none. */
    @Nullable
    Path path() {
        String text = text();
        return text.isEmpty() ? null : base.resolve(text).normalize();
    }

    <E extends Enum<E>> E choice(Class<E> type) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(value)) {
                return constant;
            }
        }
        throw wrong("one of " + List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT));
    }

    List<String> texts() {
        return list(TomlValue::text);
    }

    List<Path> paths() {
        return list(each -> base.resolve(each.text()).normalize());
    }

    List<AddressBlock> blocks() {
        return list(each -> AddressBlock.parse(each.text()));
    }

    /** Names to their addresses. */
    Map<String, List<InetAddress>> hosts() {
        if (!(value instanceof TomlTable table)) {
            throw wrong("a table of names with lists of addresses");
        }
        Map<String, List<InetAddress>> hosts = new LinkedHashMap<>();
        table.keySet().forEach(name -> {
            TomlValue addresses = new TomlValue(key + "." + name, table.get(List.of(name)), base);
            hosts.put(name.toLowerCase(Locale.ROOT), addresses.list(TomlValue::address));
        });
        return hosts;
    }

    private InetAddress address() {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(text());
        if (address == null) {
            throw wrong("an IP address");
        }
        return address;
    }

    private <T> List<T> list(Function<TomlValue, T> reading) {
        if (!(value instanceof TomlArray array)) {
            throw wrong("a list");
        }
        List<T> elements = new ArrayList<>();
        array.toList().forEach(element -> elements.add(reading.apply(new TomlValue(key, element, base))));
        return List.copyOf(elements);
    }

    private IllegalArgumentException wrong(String allowed) {
        return new IllegalArgumentException(key + ": " + value + " (must be " + allowed + ")");
    }
}
