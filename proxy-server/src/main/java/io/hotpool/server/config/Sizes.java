package io.hotpool.server.config;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as text: {@code 64KiB}, {@code 16MiB}, {@code 100kB}; a bare integer is bytes. */
public final class Sizes {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,12})\\s*(B|kB|KB|KiB|MB|MiB|GB|GiB|)");

    private Sizes() {}

    public static OptionalLong parse(String text) {
        Matcher match = TEXT.matcher(text.strip());
        if (!match.matches()) {
            return OptionalLong.empty();
        }
        long unit = switch (match.group(2)) {
            case "kB", "KB" -> 1_000L;
            case "MB" -> 1_000_000L;
            case "GB" -> 1_000_000_000L;
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            default -> 1L;
        };
        try {
            return OptionalLong.of(Math.multiplyExact(Long.parseLong(match.group(1)), unit));
        } catch (ArithmeticException e) {
            return OptionalLong.empty();
        }
    }

    /** In the largest binary unit that divides it. */
    public static String text(long bytes) {
        if (bytes == 0 || bytes % 1024 != 0) {
            return bytes + "B";
        }
        if (bytes % (1L << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        return bytes % (1L << 20) == 0 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
    }
}
