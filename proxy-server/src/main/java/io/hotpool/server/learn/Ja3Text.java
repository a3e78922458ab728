package io.hotpool.server.learn;

import io.hotpool.pool.fingerprint.ClientHello;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** A JA3 text: version, cipher suites, extensions, groups and point formats, without GREASE. */
record Ja3Text(
        int version, List<Integer> suites, List<Integer> extensions, List<Integer> groups, List<Integer> pointFormats) {
    private static final String FORM =
            "five parts with commas between them, of numbers with dashes between them: 771,4865-4866,0-10-11-13,29-23,0";

    /** @throws LearnException when it is not one */
    static Ja3Text parse(String text) {
        if (text.strip().matches("[0-9a-fA-F]{32}")) {
            throw new LearnException(
                    "that is the MD5 of a JA3: nothing can be read from it. The text is needed: " + FORM);
        }
        String[] parts = text.strip().split(",", -1);
        if (parts.length != 5) {
            throw new LearnException("a JA3 has " + FORM + "; this has " + parts.length + " parts");
        }
        List<Integer> version = codes(parts[0], "version");
        if (version.size() != 1) {
            throw new LearnException("JA3: the version is one number: " + parts[0]);
        }
        Ja3Text ja3 = new Ja3Text(
                version.get(0),
                codes(parts[1], "cipher suites"),
                codes(parts[2], "extensions"),
                codes(parts[3], "groups"),
                codes(parts[4], "point formats"));
        if (new HashSet<>(ja3.extensions()).size() != ja3.extensions().size()) {
            throw new LearnException("JA3: an extension comes twice: " + parts[2]);
        }
        return ja3;
    }

    private static List<Integer> codes(String part, String what) {
        List<Integer> codes = new ArrayList<>();
        if (part.isEmpty()) {
            return codes;
        }
        for (String item : part.split("-", -1)) {
            if (!item.matches("[0-9]{1,5}") || Integer.parseInt(item) > 0xffff) {
                throw new LearnException("JA3: " + what + ": '" + item + "' is not a number from 0 to 65535");
            }
            int code = Integer.parseInt(item);
            if (!ClientHello.isGrease(code)) {
                codes.add(code);
            }
        }
        return codes;
    }

    String md5() {
        return md5(extensions);
    }

    /** Of the text with sorted extensions. */
    String normalizedMd5() {
        return md5(extensions.stream().sorted().toList());
    }

    private String md5(List<Integer> order) {
        String text = String.join(
                ",", Integer.toString(version), joined(suites), joined(order), joined(groups), joined(pointFormats));
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String joined(List<Integer> codes) {
        return codes.stream().map(String::valueOf).collect(Collectors.joining("-"));
    }
}
