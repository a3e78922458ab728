package io.hotpool.pool.profile;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Expected;
import io.hotpool.pool.profile.BrowserProfile.Field;
import io.hotpool.pool.profile.BrowserProfile.HeaderShapes;
import io.hotpool.pool.profile.BrowserProfile.Provenance;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one profile file. Strict: an unknown key, a wrong type or a value out of range is a {@link ProfileFormatException}
 * that names the place. The format is described in {@code profiles/README.md} beside the files.
 */
public final class ProfileReader {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*([-.][a-z0-9]+)*");
    private static final Pattern FIELD_NAME = Pattern.compile("[!#$%&'+.^_`|~0-9A-Za-z-]+");
    private static final List<String> PLATFORMS = List.of("linux", "windows", "macos", "android", "ios");
    /** Names that mean something else where a profile is asked for. */
    private static final Set<String> RESERVED = Set.of("random", "match", "mirror", "none");

    private ProfileReader() {}

    /** @param file name for messages */
    public static BrowserProfile read(String file, byte[] json) {
        JsonPart root = new JsonPart(file, "", parse(file, json));
        root.object(
                List.of("name", "browser", "version", "platform", "aliases", "provenance", "tls", "http2", "headers"),
                List.of("expected"));
        return new BrowserProfile(
                name(root.get("name")),
                name(root.get("browser")),
                root.get("version").text(),
                platform(root.get("platform")),
                root.get("aliases").list(ProfileReader::name),
                provenance(root.get("provenance")),
                TlsShapeReader.read(root.get("tls")),
                Http2ShapeReader.read(root.get("http2")),
                headers(root.get("headers")),
                expected(root.find("expected")));
    }

    private static JsonNode parse(String file, byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String where = at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
            throw new ProfileFormatException(file + ": " + where + e.getOriginalMessage());
        } catch (IOException e) {
            throw new ProfileFormatException(file + ": " + e.getMessage());
        }
    }

    private static String name(JsonPart part) {
        String name = part.text();
        if (!NAME.matcher(name).matches() || RESERVED.contains(name)) {
            throw part.refuse("lower case letters, digits, '-' and '.'; not " + RESERVED);
        }
        return name;
    }

    private static String platform(JsonPart part) {
        if (!PLATFORMS.contains(part.text())) {
            throw part.refuse(String.join(", ", PLATFORMS));
        }
        return part.text();
    }

    private static Provenance provenance(JsonPart part) {
        part.object(List.of("source", "captured", "verified", "assumed"), List.of());
        return new Provenance(
                part.get("source").text(),
                part.get("captured").text(),
                part.get("verified").texts(),
                part.get("assumed").texts());
    }

    private static HeaderShapes headers(JsonPart part) {
        part.object(List.of("values", "http2", "http1"), List.of());
        Map<String, String> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        values.putAll(part.get("values").textMap());
        return new HeaderShapes(kinds(part.get("http2"), values, true), kinds(part.get("http1"), values, false));
    }

    private static Map<RequestKind, List<Field>> kinds(JsonPart part, Map<String, String> values, boolean lowerCase) {
        Map<RequestKind, List<Field>> kinds = part.mapOf(RequestKind.class, kind -> fields(kind, values, lowerCase));
        for (RequestKind kind : List.of(RequestKind.NAVIGATE, RequestKind.FETCH)) {
            if (!kinds.containsKey(kind)) {
                throw part.refuse("at least the kinds navigate and fetch");
            }
        }
        return kinds;
    }

    private static List<Field> fields(JsonPart part, Map<String, String> values, boolean lowerCase) {
        Map<String, Field> seen = new HashMap<>();
        return part.list(item -> {
            Field field = field(item, values);
            String lower = field.name().toLowerCase(Locale.ROOT);
            if (lowerCase && !lower.equals(field.name())) {
                throw item.refuse("lower case names (RFC 9113, 8.2)");
            }
            Field earlier = seen.put(lower, field);
            if (earlier != null && (!earlier.placeOnly() || field.placeOnly())) {
                throw item.refuse("each name once, or first without a value and then with one");
            }
            return field;
        });
    }

    /** {@code "name: value"}; or {@code "name"}, whose value stands in {@code headers.values} or comes with the request. */
    private static Field field(JsonPart item, Map<String, String> values) {
        String text = item.text();
        int colon = text.indexOf(": ");
        String name = colon < 0 ? text : text.substring(0, colon);
        String value = colon < 0 ? values.getOrDefault(name, "") : text.substring(colon + 2);
        boolean others = name.equals(Field.OTHERS) && value.isEmpty();
        if (!others && !FIELD_NAME.matcher(name).matches()) {
            throw item.refuse("\"name\", \"name: value\", \"*\"");
        }
        if (!value.equals(value.strip()) || value.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw item.refuse("a value of visible ASCII without space around it");
        }
        return new Field(name, value);
    }

    private static Expected expected(@Nullable JsonPart part) {
        if (part == null) {
            return new Expected("", "", "", "");
        }
        part.object(List.of(), List.of("ja3", "ja3n", "ja4", "akamai"));
        return new Expected(
                optional(part, "ja3"), optional(part, "ja3n"), optional(part, "ja4"), optional(part, "akamai"));
    }

    private static String optional(JsonPart part, String key) {
        JsonPart value = part.find(key);
        return value == null ? "" : value.text();
    }
}
