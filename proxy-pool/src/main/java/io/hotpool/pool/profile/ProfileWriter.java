package io.hotpool.pool.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Expected;
import io.hotpool.pool.profile.BrowserProfile.Extension;
import io.hotpool.pool.profile.BrowserProfile.Field;
import io.hotpool.pool.profile.BrowserProfile.HeaderShapes;
import io.hotpool.pool.profile.BrowserProfile.HelloForm;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.hotpool.pool.profile.BrowserProfile.Provenance;
import io.hotpool.pool.profile.BrowserProfile.TlsShape;
import io.hotpool.pool.profile.BrowserProfile.Variation;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Writes the file of a profile; {@link ProfileReader} reads the same profile from it. */
public final class ProfileWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Fields whose value is the browser's own whatever the kind of request: their value is written once. */
    private static final List<String> SHARED = List.of(
            "user-agent",
            "sec-ch-ua",
            "sec-ch-ua-mobile",
            "sec-ch-ua-platform",
            "accept-encoding",
            "accept-language",
            "te");

    private static final Map<Integer, String> SETTINGS = Map.of(
            1, "HEADER_TABLE_SIZE",
            2, "ENABLE_PUSH",
            3, "MAX_CONCURRENT_STREAMS",
            4, "INITIAL_WINDOW_SIZE",
            5, "MAX_FRAME_SIZE",
            6, "MAX_HEADER_LIST_SIZE",
            8, "ENABLE_CONNECT_PROTOCOL",
            9, "NO_RFC7540_PRIORITIES");

    private ProfileWriter() {}

    public static String write(BrowserProfile profile) {
        ObjectNode root = JSON.objectNode();
        root.put("name", profile.name());
        root.put("browser", profile.browser());
        root.put("version", profile.version());
        root.put("platform", profile.platform());
        root.set("aliases", texts(profile.aliases()));
        root.set("provenance", provenance(profile.provenance()));
        root.set("tls", tls(profile.tls()));
        root.set("http2", http2(profile.http2()));
        root.set("headers", headers(profile.headers()));
        ObjectNode expected = expected(profile.expected());
        if (!expected.isEmpty()) {
            root.set("expected", expected);
        }
        return JsonLayout.of(root);
    }

    private static ObjectNode provenance(Provenance provenance) {
        ObjectNode node = JSON.objectNode();
        node.put("source", provenance.source());
        node.put("captured", provenance.captured());
        node.set("verified", texts(provenance.verified()));
        node.set("assumed", texts(provenance.assumed()));
        return node;
    }

    private static ObjectNode tls(TlsShape tls) {
        ObjectNode node = JSON.objectNode();
        node.set("cipher_suites", codes(tls.cipherSuites()));
        node.set("extensions", list(tls.extensions(), ProfileWriter::extension));
        node.put("permuted", tls.permuted());
        node.put("shared_x25519", tls.sharedX25519());
        node.put("session_id", tls.sessionId());
        if (tls.recordVersion() != TlsShape.TLS10) {
            node.put("record_version", String.format(Locale.ROOT, "0x%04x", tls.recordVersion()));
        }
        ObjectNode forms = node.putObject("forms");
        for (HelloForm form : HelloForm.values()) {
            if (tls.forms().containsKey(form)) {
                forms.set(form.name().toLowerCase(Locale.ROOT), variation(tls.variation(form)));
            }
        }
        if (!tls.closeNotify()) {
            node.put("close_notify", false);
        }
        return node;
    }

    private static ObjectNode variation(Variation variation) {
        ObjectNode node = JSON.objectNode();
        putFilled(node, "drop", numbers(variation.drop()));
        putFilled(node, "alpn", texts(variation.alpn()));
        putFilled(node, "ech_payload_lengths", numbers(variation.echPayloadLengths()));
        if (variation.echPayloadStep() > 0) {
            node.put("ech_payload_step", variation.echPayloadStep());
        }
        return node;
    }

    private static void putFilled(ObjectNode node, String key, ArrayNode list) {
        if (!list.isEmpty()) {
            node.set(key, list);
        }
    }

    private static ObjectNode extension(Extension extension) {
        ObjectNode node = JSON.objectNode();
        if (extension.type() == BrowserProfile.GREASE) {
            node.put("type", "GREASE");
        } else {
            node.put("type", extension.type()).put("name", ExtensionNames.of(extension.type()));
        }
        if (extension instanceof Extension.Fixed fixed) {
            node.put("data", HexFormat.of().formatHex(fixed.data()));
        } else if (extension instanceof Extension.Codes codes) {
            node.set("codes", codes(codes.codes()));
        } else if (extension instanceof Extension.Protocols protocols) {
            node.set("protocols", texts(protocols.protocols()));
        } else if (extension instanceof Extension.KeyShares shares) {
            node.set("groups", codes(shares.groups()));
        } else if (extension instanceof Extension.EchGrease ech) {
            node.put("kdf", ech.kdf());
            node.set("aeads", numbers(ech.aeads()));
            node.put("enc_length", ech.encLength());
            node.set("payload_lengths", numbers(ech.payloadLengths()));
        } else if (extension instanceof Extension.Padding padding) {
            node.put("target", padding.target());
        }
        return node;
    }

    private static ObjectNode http2(Http2Shape http2) {
        ObjectNode node = JSON.objectNode();
        node.set("settings", list(http2.settings(), ProfileWriter::setting));
        node.put("connection_window_update", http2.connectionWindowUpdate());
        node.put("stream_window_update", http2.streamWindowUpdate());
        node.put("first_stream_id", http2.firstStreamId());
        node.set("pseudo_headers", texts(http2.pseudoHeaders()));
        ObjectNode priorities = node.putObject("priorities");
        for (RequestKind kind : RequestKind.values()) {
            Http2Shape.Priority priority = http2.priorities().get(kind);
            if (priority != null) {
                priorities
                        .putObject(kind.label())
                        .put("exclusive", priority.exclusive())
                        .put("weight", priority.weight())
                        .put("depends_on_previous", priority.dependsOnPrevious());
            }
        }
        node.set(
                "priority_frames",
                list(
                        http2.priorityFrames(),
                        frame -> JSON.objectNode()
                                .put("stream", frame.stream())
                                .put("depends_on", frame.dependsOn())
                                .put("exclusive", frame.exclusive())
                                .put("weight", frame.weight())));
        node.set("hpack", hpack(http2.hpack()));
        if (!http2.upkeep().equals(Http2Shape.Upkeep.NONE)) {
            node.set("upkeep", upkeep(http2.upkeep()));
        }
        return node;
    }

    private static ObjectNode upkeep(Http2Shape.Upkeep upkeep) {
        ObjectNode node = JSON.objectNode();
        if (upkeep.windowUpdateStep() > 0) {
            node.put("window_update_step", upkeep.windowUpdateStep());
        }
        if (upkeep.smallUpdateSeconds() > 0) {
            node.put("small_update_seconds", upkeep.smallUpdateSeconds());
        }
        if (upkeep.pingSeconds() > 0) {
            node.put("ping_seconds", upkeep.pingSeconds());
        }
        if (upkeep.zeroPings()) {
            node.put("zero_pings", true);
        }
        if (upkeep.goAway()) {
            node.put("goaway", true);
        }
        return node;
    }

    private static ObjectNode setting(Http2Shape.Setting setting) {
        ObjectNode node = JSON.objectNode().put("id", setting.id());
        if (SETTINGS.containsKey(setting.id())) {
            node.put("name", SETTINGS.get(setting.id()));
        }
        return node.put("value", setting.value());
    }

    private static ObjectNode hpack(Http2Shape.Hpack hpack) {
        ObjectNode node = JSON.objectNode();
        node.set("never_indexed", texts(hpack.neverIndexed()));
        node.set("without_indexing", texts(hpack.withoutIndexing()));
        node.put("path_name_index", hpack.pathNameIndex());
        node.put("huffman", hpack.huffman().name().toLowerCase(Locale.ROOT));
        node.put("cookie_crumbs", hpack.cookieCrumbs());
        node.put("never_index_cookie_shorter_than", hpack.neverIndexCookieShorterThan());
        return node;
    }

    private static ObjectNode headers(HeaderShapes headers) {
        Map<String, String> values = sharedValues(headers);
        ObjectNode node = JSON.objectNode();
        ObjectNode shared = node.putObject("values");
        SHARED.stream().filter(values::containsKey).forEach(name -> shared.put(name, values.get(name)));
        node.set("http2", kinds(headers.http2(), values));
        node.set("http1", kinds(headers.http1(), values));
        return node;
    }

    /** A name that is a mere place in some kind of request cannot have a shared value: the reader would put it there. */
    private static Map<String, String> sharedValues(HeaderShapes headers) {
        Map<String, String> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : SHARED) {
            List<Field> all = List.of(headers.http2(), headers.http1()).stream()
                    .flatMap(kinds -> kinds.values().stream())
                    .flatMap(List::stream)
                    .filter(field -> field.name().equalsIgnoreCase(name))
                    .toList();
            if (!all.isEmpty() && all.stream().noneMatch(Field::placeOnly)) {
                values.put(name, mostFrequent(all));
            }
        }
        return values;
    }

    private static String mostFrequent(List<Field> fields) {
        Map<String, Integer> counts = new TreeMap<>();
        fields.forEach(field -> counts.merge(field.value(), 1, Integer::sum));
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private static ObjectNode kinds(Map<RequestKind, List<Field>> kinds, Map<String, String> shared) {
        ObjectNode node = JSON.objectNode();
        for (RequestKind kind : RequestKind.values()) {
            if (kinds.containsKey(kind)) {
                List<String> lines =
                        kinds.get(kind).stream().map(f -> line(f, shared)).toList();
                node.set(kind.label(), texts(lines));
            }
        }
        return node;
    }

    private static String line(Field field, Map<String, String> shared) {
        boolean plain = field.placeOnly() || field.value().equals(shared.get(field.name()));
        return plain ? field.name() : field.name() + ": " + field.value();
    }

    private static ObjectNode expected(Expected expected) {
        ObjectNode node = JSON.objectNode();
        Map<String, String> values = new LinkedHashMap<>();
        values.put("ja3", expected.ja3());
        values.put("ja3n", expected.ja3n());
        values.put("ja4", expected.ja4());
        values.put("akamai", expected.akamai());
        values.forEach((key, value) -> {
            if (!value.isEmpty()) {
                node.put(key, value);
            }
        });
        return node;
    }

    private static ArrayNode codes(List<Integer> codes) {
        return texts(codes.stream()
                .map(code -> code == BrowserProfile.GREASE ? "GREASE" : String.format(Locale.ROOT, "0x%04x", code))
                .toList());
    }

    private static ArrayNode texts(Collection<String> texts) {
        ArrayNode list = JSON.arrayNode();
        texts.forEach(list::add);
        return list;
    }

    private static ArrayNode numbers(Collection<Integer> numbers) {
        ArrayNode list = JSON.arrayNode();
        numbers.forEach(list::add);
        return list;
    }

    private static <T> ArrayNode list(List<T> items, Function<T, ObjectNode> write) {
        ArrayNode list = JSON.arrayNode();
        items.forEach(item -> list.add(write.apply(item)));
        return list;
    }
}
