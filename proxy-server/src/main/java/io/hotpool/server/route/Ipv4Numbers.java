package io.hotpool.server.route;

import java.util.Optional;

/** The number forms of an IPv4 address, as the WHATWG URL standard's IPv4 parser reads them: octal, hex, fewer parts. */
final class Ipv4Numbers {
    private Ipv4Numbers() {}

    /** The dotted form if the host ends in a number, the host itself if not; empty for a number that is no address. */
    static Optional<String> written(String host) {
        if (!beginsWithDigit(host, host.lastIndexOf('.') + 1)) {
            return Optional.of(host);
        }
        String[] parts = host.split("\\.", -1);
        if (number(parts[parts.length - 1]) < 0) {
            return endsInDigits(parts) ? Optional.empty() : Optional.of(host);
        }
        if (parts.length > 4) {
            return Optional.empty();
        }
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            long value = number(parts[i]);
            long limit = last ? 1L << (8 * (4 - i)) : 256;
            if (value < 0 || value >= limit) {
                return Optional.empty();
            }
            address += last ? value : value << (8 * (3 - i));
        }
        return Optional.of(
                (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255));
    }

    private static boolean beginsWithDigit(String host, int label) {
        return label < host.length() && host.charAt(label) >= '0' && host.charAt(label) <= '9';
    }

    private static boolean endsInDigits(String[] parts) {
        String last = parts[parts.length - 1];
        return !last.isEmpty() && last.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Decimal, {@code 0} octal or {@code 0x} hex; -1 when it is none. */
    private static long number(String text) {
        boolean hex = text.startsWith("0x");
        boolean octal = !hex && text.length() > 1 && text.startsWith("0");
        String digits = hex ? text.substring(2) : text;
        if (digits.isEmpty()) {
            return hex ? 0 : -1;
        }
        try {
            return digits.charAt(0) == '+' || digits.charAt(0) == '-'
                    ? -1
                    : Long.parseLong(digits, hex ? 16 : octal ? 8 : 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
