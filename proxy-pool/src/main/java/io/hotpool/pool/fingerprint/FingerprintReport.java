package io.hotpool.pool.fingerprint;

import io.hotpool.pool.profile.ExtensionNames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything that can be read from captured bytes, as maps, lists, texts and numbers: ready for any JSON writer. */
public final class FingerprintReport {
    private FingerprintReport() {}

    public static Map<String, Object> of(ClientHello hello) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("ja3", Ja3.text(hello));
        report.put("ja3_md5", Ja3.md5(hello));
        report.put("ja3n", Ja3.normalizedText(hello));
        report.put("ja3n_md5", Ja3.normalizedMd5(hello));
        report.put("ja4", Ja4.text(hello));
        report.put("ja4_r", Ja4.raw(hello));
        report.put("ja4_ro", Ja4.rawOriginal(hello));
        if (hello.recordVersion() >= 0) {
            report.put("record_version", hello.recordVersion());
        }
        report.put("handshake_length", hello.length());
        report.put("legacy_version", hello.legacyVersion());
        report.put("random", HexFormat.of().formatHex(hello.random()));
        report.put("session_id_length", hello.sessionId().length);
        report.put("cipher_suites", named(hello.cipherSuites()));
        report.put("compression_methods", hello.compressionMethods());
        List<Object> extensions = new ArrayList<>();
        hello.extensions().forEach(e -> extensions.add(extension(hello, e)));
        report.put("extensions", extensions);
        return report;
    }

    public static Map<String, Object> of(Http2Opening opening) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("akamai", AkamaiHttp2.text(opening));
        report.put("akamai_md5", AkamaiHttp2.md5(opening));
        List<Object> settings = new ArrayList<>();
        opening.settings().forEach(s -> settings.add(List.of(s.id(), s.value())));
        report.put("settings", settings);
        report.put("window_update", opening.windowUpdate());
        List<Object> priorities = new ArrayList<>();
        opening.priorityFrames().forEach(p -> priorities.add(priority(p)));
        report.put("priority_frames", priorities);
        report.put("first_stream", opening.firstStreamId());
        if (opening.headersPriority() != null) {
            report.put("headers_priority", priority(opening.headersPriority()));
        }
        report.put("pseudo_order", opening.pseudoHeaders());
        report.put("header_order", opening.headerNames());
        report.put("frames", opening.frames());
        return report;
    }

    private static Map<String, Object> priority(Http2Opening.@Nullable Priority p) {
        return p == null
                ? Map.of()
                : Map.of(
                        "stream", p.stream(),
                        "exclusive", p.exclusive(),
                        "depends_on", p.dependsOn(),
                        "weight", p.weight());
    }

    private static Map<String, Object> extension(ClientHello hello, ClientHello.RawExtension extension) {
        Map<String, Object> report = new LinkedHashMap<>();
        int type = extension.type();
        report.put("type", name(type));
        report.put("name", ClientHello.isGrease(type) ? "GREASE" : ExtensionNames.of(type));
        report.put("length", extension.data().length);
        switch (type) {
            case ClientHello.SERVER_NAME -> hello.serverName().ifPresent(n -> report.put("host_name", n));
            case ClientHello.SUPPORTED_GROUPS -> report.put("groups", named(hello.groups()));
            case ClientHello.SIGNATURE_ALGORITHMS -> report.put("algorithms", named(hello.signatureAlgorithms()));
            case ClientHello.SUPPORTED_VERSIONS -> report.put("versions", named(hello.supportedVersions()));
            case ClientHello.ALPN -> report.put("protocols", texts(hello.protocols()));
            case ClientHello.KEY_SHARE -> report.put("shares", named(hello.keyShareGroups()));
            default -> report.put("data", HexFormat.of().formatHex(extension.data()));
        }
        return report;
    }

    private static List<String> texts(List<byte[]> protocols) {
        return protocols.stream()
                .map(p -> new String(p, StandardCharsets.ISO_8859_1))
                .toList();
    }

    private static List<Object> named(List<Integer> codes) {
        return codes.stream().map(FingerprintReport::name).toList();
    }

    private static Object name(int code) {
        return ClientHello.isGrease(code) ? (Object) "GREASE" : (Object) code;
    }
}
