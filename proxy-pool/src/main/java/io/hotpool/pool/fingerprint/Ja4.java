package io.hotpool.pool.fingerprint;

import java.util.List;
import java.util.stream.Collectors;

/**
 * JA4, the TLS client part only (FoxIO, BSD 3-Clause): {@code a_b_c} with a readable head, a hash of the sorted cipher
 * suites, and a hash of the sorted extensions and the signature algorithms in their order. GREASE is left out wherever it
 * appears.
 *
 * <p>An ALPN that does not begin and end with a letter or digit is named by the first and last hex digit of its bytes, as
 * the specification's text says; the tools of its repository print {@code 99} instead.
 */
public final class Ja4 {
    private static final int MAX_COUNT = 99;

    private Ja4() {}

    /** The fingerprint: {@code t13d1517h2_8daaf6152771_b0da82dd1658}. */
    public static String text(ClientHello hello) {
        String third = hello.extensions().isEmpty() ? "" : sortedExtensions(hello) + algorithms(hello);
        return head(hello) + "_" + Hashes.sha256Short(sortedCiphers(hello)) + "_" + Hashes.sha256Short(third);
    }

    /** JA4_r: the same before hashing. */
    public static String raw(ClientHello hello) {
        return head(hello) + "_" + sortedCiphers(hello) + "_" + sortedExtensions(hello) + algorithms(hello);
    }

    /** JA4_ro: before hashing, in the order sent, server_name and ALPN included. */
    public static String rawOriginal(ClientHello hello) {
        return head(hello)
                + "_"
                + hex(ClientHello.withoutGrease(hello.cipherSuites()))
                + "_"
                + hex(ClientHello.withoutGrease(hello.extensionTypes()))
                + algorithms(hello);
    }

    private static String head(ClientHello hello) {
        return "t"
                + version(hello)
                + (hello.extension(ClientHello.SERVER_NAME).isPresent() ? "d" : "i")
                + count(hello.cipherSuites())
                + count(hello.extensionTypes())
                + protocol(hello.protocols());
    }

    private static String version(ClientHello hello) {
        int highest = ClientHello.withoutGrease(hello.supportedVersions()).stream()
                .max(Integer::compare)
                .orElse(hello.legacyVersion());
        return switch (highest) {
            case 0x0304 -> "13";
            case 0x0303 -> "12";
            case 0x0302 -> "11";
            case 0x0301 -> "10";
            case 0x0300 -> "s3";
            case 0x0002 -> "s2";
            default -> "00";
        };
    }

    private static String count(List<Integer> codes) {
        return String.format("%02d", Math.min(ClientHello.withoutGrease(codes).size(), MAX_COUNT));
    }

    private static String protocol(List<byte[]> protocols) {
        if (protocols.isEmpty() || protocols.get(0).length == 0) {
            return "00";
        }
        byte[] id = protocols.get(0);
        int first = id[0] & 0xff;
        int last = id[id.length - 1] & 0xff;
        if (alphanumeric(first) && alphanumeric(last)) {
            return "" + (char) first + (char) last;
        }
        return "" + Character.forDigit(first >> 4, 16) + Character.forDigit(last & 15, 16);
    }

    private static boolean alphanumeric(int c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
    }

    private static String sortedCiphers(ClientHello hello) {
        return sorted(hello.cipherSuites());
    }

    private static String sortedExtensions(ClientHello hello) {
        return sorted(hello.extensionTypes().stream()
                .filter(t -> t != ClientHello.SERVER_NAME && t != ClientHello.ALPN)
                .toList());
    }

    private static String algorithms(ClientHello hello) {
        String algorithms = hex(ClientHello.withoutGrease(hello.signatureAlgorithms()));
        return algorithms.isEmpty() ? "" : "_" + algorithms;
    }

    private static String sorted(List<Integer> codes) {
        return hex(ClientHello.withoutGrease(codes).stream().sorted().toList());
    }

    private static String hex(List<Integer> codes) {
        return codes.stream().map(c -> String.format("%04x", c)).collect(Collectors.joining(","));
    }
}
