package io.hotpool.pool.profile;

import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.BrowserProfile.TlsShape;
import io.hotpool.pool.profile.BrowserProfile.Variation;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The {@code tls} part of a profile file. */
final class TlsShapeReader {
    private static final int SERVER_NAME = 0;
    private static final int SUPPORTED_GROUPS = 10;
    private static final int SIGNATURE_ALGORITHMS = 13;
    private static final int ALPN = 16;
    private static final int PADDING = 21;
    private static final int SESSION_TICKET = 35;
    private static final int PRE_SHARED_KEY = 41;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int KEY_SHARE = 51;
    private static final int ALPS_OLD = 17513;
    private static final int ALPS = 17613;
    private static final int ECH = 65037;

    private TlsShapeReader() {}

    static TlsShape read(JsonPart part) {
        part.object(
                List.of("cipher_suites", "extensions", "permuted"),
                List.of("session_id", "record_version", "shared_x25519", "forms", "close_notify"));
        JsonPart forms = part.find("forms");
        JsonPart sessionId = part.find("session_id");
        JsonPart recordVersion = part.find("record_version");
        JsonPart shared = part.find("shared_x25519");
        JsonPart closeNotify = part.find("close_notify");
        if (sessionId != null && sessionId.integer(0, 32) % 32 != 0) {
            throw sessionId.refuse("0, 32");
        }
        int version = recordVersion == null ? TlsShape.TLS10 : code(recordVersion);
        if (version != TlsShape.TLS10 && version != TlsShape.TLS12) {
            throw part.get("record_version").refuse("\"0x0301\", \"0x0303\"");
        }
        return new TlsShape(
                codes(part.get("cipher_suites")),
                extensions(part.get("extensions")),
                part.get("permuted").flag(),
                shared != null && shared.flag(),
                sessionId == null ? 32 : sessionId.integer(0, 32),
                version,
                forms == null ? Map.of() : forms.mapOf(HelloForm.class, TlsShapeReader::variation),
                closeNotify == null || closeNotify.flag());
    }

    private static List<Extension> extensions(JsonPart part) {
        List<Integer> seen = new ArrayList<>();
        List<Extension> extensions = part.list(item -> {
            Extension extension = extension(item);
            if (extension.type() != BrowserProfile.GREASE && seen.contains(extension.type())) {
                throw item.refuse("each type once");
            }
            seen.add(extension.type());
            return extension;
        });
        for (int needed : new int[] {SUPPORTED_GROUPS, SIGNATURE_ALGORITHMS}) {
            if (!seen.contains(needed)) {
                throw part.refuse("a list with extension " + needed);
            }
        }
        if (seen.contains(SUPPORTED_VERSIONS) != seen.contains(KEY_SHARE)) {
            throw part.refuse("supported_versions (43) and key_share (51) together (TLS 1.3) or neither");
        }
        return extensions;
    }

    /** The type decides which keys are read. */
    private static Extension extension(JsonPart part) {
        int type = code(part.get("type"));
        return switch (type) {
            case SERVER_NAME, SESSION_TICKET -> {
                keys(part, List.of());
                yield new Extension.Filled(type);
            }
            case SUPPORTED_GROUPS, SIGNATURE_ALGORITHMS, SUPPORTED_VERSIONS -> {
                keys(part, List.of("codes"));
                yield new Extension.Codes(type, codes(part.get("codes")));
            }
            case ALPN, ALPS, ALPS_OLD -> {
                keys(part, List.of("protocols"));
                yield new Extension.Protocols(type, part.get("protocols").list(TlsShapeReader::protocol));
            }
            case KEY_SHARE -> {
                keys(part, List.of("groups"));
                yield new Extension.KeyShares(type, codes(part.get("groups")));
            }
            case PADDING -> {
                keys(part, List.of("target"));
                yield new Extension.Padding(type, part.get("target").integer(1, 16384));
            }
            case ECH -> echGrease(part);
            case PRE_SHARED_KEY ->
                throw part.refuse("any type but pre_shared_key (41), which is added when a session is resumed");
            default -> {
                keys(part, List.of("data"));
                yield new Extension.Fixed(type, bytes(part.get("data")));
            }
        };
    }

    private static Extension echGrease(JsonPart part) {
        keys(part, List.of("kdf", "aeads", "enc_length", "payload_lengths"));
        return new Extension.EchGrease(
                ECH,
                part.get("kdf").integer(1, 0xffff),
                filled(part.get("aeads"), part.get("aeads").list(a -> a.integer(1, 0xffff))),
                part.get("enc_length").integer(1, 256),
                filled(part.get("payload_lengths"), part.get("payload_lengths").list(TlsShapeReader::length)));
    }

    private static void keys(JsonPart part, List<String> required) {
        List<String> all = new ArrayList<>(List.of("type"));
        all.addAll(required);
        part.object(all, List.of("name"));
    }

    private static <T> List<T> filled(JsonPart part, List<T> items) {
        if (items.isEmpty()) {
            throw part.refuse("a list that is not empty");
        }
        return items;
    }

    private static int length(JsonPart part) {
        return part.integer(1, 4096);
    }

    private static Variation variation(JsonPart part) {
        part.object(List.of(), List.of("drop", "alpn", "ech_payload_lengths", "ech_payload_step"));
        return new Variation(
                orEmpty(part.find("drop"), TlsShapeReader::code),
                orEmpty(part.find("alpn"), TlsShapeReader::protocol),
                orEmpty(part.find("ech_payload_lengths"), TlsShapeReader::length),
                part.find("ech_payload_step") == null
                        ? 0
                        : part.get("ech_payload_step").integer(1, 256));
    }

    private static <T> List<T> orEmpty(@Nullable JsonPart part, Function<JsonPart, T> item) {
        return part == null ? List.of() : part.list(item);
    }

    private static String protocol(JsonPart part) {
        String protocol = part.text();
        if (protocol.isEmpty() || protocol.length() > 255 || protocol.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw part.refuse("a protocol id of 1 to 255 visible ASCII characters");
        }
        return protocol;
    }

    private static List<Integer> codes(JsonPart part) {
        return filled(part, part.list(TlsShapeReader::code));
    }

    /** A number, {@code "0x1301"} or {@code "GREASE"}. */
    private static int code(JsonPart part) {
        if (part.isNumber()) {
            return part.integer(0, 0xffff);
        }
        String text = part.isText() ? part.text() : "";
        if (text.equals("GREASE")) {
            return BrowserProfile.GREASE;
        }
        if (!text.matches("0x[0-9a-fA-F]{4}")) {
            throw part.refuse("0 to 65535, \"0x\" and 4 hex digits, \"GREASE\"");
        }
        return Integer.parseInt(text.substring(2), 16);
    }

    private static byte[] bytes(JsonPart part) {
        try {
            return HexFormat.of().parseHex(part.text());
        } catch (IllegalArgumentException e) {
            throw part.refuse("hex digits, two for a byte");
        }
    }
}
