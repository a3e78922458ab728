package io.hotpool.server.cli;

import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.Field;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** A profile as named lines of text, and what differs between two of them. */
final class ProfileFacts {
    private final Map<String, String> facts = new LinkedHashMap<>();

    private ProfileFacts() {}

    /** One fact in which two profiles differ; empty where a profile has none. */
    record Difference(String what, String left, String right) {}

    static List<Difference> differences(BrowserProfile left, BrowserProfile right) {
        Map<String, String> ours = of(left);
        Map<String, String> theirs = of(right);
        Set<String> names = new LinkedHashSet<>(ours.keySet());
        names.addAll(theirs.keySet());
        List<Difference> differences = new ArrayList<>();
        for (String name : names) {
            String a = ours.getOrDefault(name, "");
            String b = theirs.getOrDefault(name, "");
            if (!Objects.equals(a, b)) {
                differences.add(new Difference(name, a, b));
            }
        }
        return differences;
    }

    /** All that a server can see, in a readable order. */
    static Map<String, String> of(BrowserProfile profile) {
        ProfileFacts all = new ProfileFacts();
        all.tls(profile.tls());
        all.http2(profile.http2());
        profile.headers().http2().forEach((kind, fields) -> all.put("headers.http2." + kind.label(), fields(fields)));
        profile.headers().http1().forEach((kind, fields) -> all.put("headers.http1." + kind.label(), fields(fields)));
        return all.facts;
    }

    private void put(String name, Object value) {
        facts.put(name, value.toString());
    }

    private void tls(BrowserProfile.TlsShape tls) {
        put("tls.cipher_suites", codes(tls.cipherSuites()));
        List<String> types = new ArrayList<>();
        tls.extensions().forEach(extension -> types.add(code(extension.type())));
        put("tls.permuted", tls.permuted());
        if (tls.permuted()) {
            types.sort(null); // their order in the file means nothing
        }
        put("tls.extensions", String.join(" ", types));
        put("tls.session_id", tls.sessionId());
        put("tls.shared_x25519", tls.sharedX25519());
        int grease = 0;
        for (Extension extension : tls.extensions()) {
            boolean drawn = extension.type() == BrowserProfile.GREASE;
            put("tls.extension " + code(extension.type()) + (drawn ? " #" + ++grease : ""), content(extension));
        }
        tls.forms()
                .forEach((form, variation) -> put(
                        "tls.form " + form.name().toLowerCase(Locale.ROOT),
                        "drop " + codes(variation.drop()) + ", alpn " + variation.alpn() + ", ech "
                                + variation.echPayloadLengths()
                                + (variation.echPayloadStep() == 0
                                        ? ""
                                        : " + pre_shared_key in steps of " + variation.echPayloadStep())));
    }

    private static String content(Extension extension) {
        if (extension instanceof Extension.Fixed fixed) {
            return HexFormat.of().formatHex(fixed.data());
        } else if (extension instanceof Extension.Codes list) {
            return codes(list.codes());
        } else if (extension instanceof Extension.Protocols list) {
            return String.join(" ", list.protocols());
        } else if (extension instanceof Extension.KeyShares shares) {
            return codes(shares.groups());
        } else if (extension instanceof Extension.EchGrease ech) {
            return "kdf " + ech.kdf() + ", aeads " + ech.aeads() + ", payload " + ech.payloadLengths();
        } else if (extension instanceof Extension.Padding padding) {
            return "up to " + padding.target();
        }
        return "by the connection";
    }

    private void http2(Http2Shape http2) {
        put(
                "http2.settings",
                http2.settings().stream().map(s -> s.id() + ":" + s.value()).collect(Collectors.joining(";")));
        put("http2.connection_window_update", http2.connectionWindowUpdate());
        put("http2.stream_window_update", http2.streamWindowUpdate());
        put("http2.first_stream_id", http2.firstStreamId());
        put("http2.pseudo_headers", String.join(" ", http2.pseudoHeaders()));
        http2.priorities()
                .forEach((kind, priority) -> put(
                        "http2.priority " + kind.label(),
                        priority.weight()
                                + (priority.exclusive() ? " exclusive" : "")
                                + (priority.dependsOnPrevious() ? " after the previous" : "")));
        put("http2.priority_frames", http2.priorityFrames());
        put("http2.hpack", http2.hpack());
    }

    private static String fields(List<Field> fields) {
        return fields.stream()
                .map(field -> field.placeOnly() ? field.name() : field.name() + ": " + field.value())
                .collect(Collectors.joining(" | "));
    }

    private static String codes(List<Integer> codes) {
        return codes.stream().map(ProfileFacts::code).collect(Collectors.joining(" "));
    }

    private static String code(int code) {
        return code == BrowserProfile.GREASE ? "GREASE" : String.format(Locale.ROOT, "0x%04x", code);
    }
}
