package io.hotpool.pool.fingerprint;

import java.util.List;
import java.util.stream.Collectors;

/** JA3: version, cipher suites, extensions, groups and point formats, GREASE left out. */
public final class Ja3 {
    private Ja3() {}

    public static String text(ClientHello hello) {
        return text(hello, ClientHello.withoutGrease(hello.extensionTypes()));
    }

    public static String md5(ClientHello hello) {
        return Hashes.md5(text(hello));
    }

    /** JA3n: extensions sorted, so that permutation does not show. */
    public static String normalizedText(ClientHello hello) {
        return text(
                hello,
                ClientHello.withoutGrease(hello.extensionTypes()).stream()
                        .sorted()
                        .toList());
    }

    public static String normalizedMd5(ClientHello hello) {
        return Hashes.md5(normalizedText(hello));
    }

    private static String text(ClientHello hello, List<Integer> extensions) {
        return String.join(
                ",",
                Integer.toString(hello.legacyVersion()),
                dashed(ClientHello.withoutGrease(hello.cipherSuites())),
                dashed(extensions),
                dashed(ClientHello.withoutGrease(hello.groups())),
                dashed(hello.pointFormats()));
    }

    private static String dashed(List<Integer> codes) {
        return codes.stream().map(String::valueOf).collect(Collectors.joining("-"));
    }
}
