package io.hotpool.pool.profile;

import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Hpack;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Huffman;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Priority;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.PriorityFrame;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Setting;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Upkeep;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The {@code http2} part of a profile file. */
final class Http2ShapeReader {
    private static final int MOST_SECONDS = 3600;
    private static final Set<String> PSEUDO_HEADERS = Set.of(":method", ":authority", ":scheme", ":path");
    private static final int MAX_INCREMENT = Integer.MAX_VALUE;

    private Http2ShapeReader() {}

    static Http2Shape read(JsonPart part) {
        part.object(
                List.of(
                        "settings",
                        "connection_window_update",
                        "stream_window_update",
                        "first_stream_id",
                        "pseudo_headers",
                        "priorities",
                        "priority_frames",
                        "hpack"),
                List.of("upkeep"));
        JsonPart first = part.get("first_stream_id");
        if (first.integer(1, MAX_INCREMENT) % 2 == 0) {
            throw first.refuse("an odd number");
        }
        return new Http2Shape(
                part.get("settings").list(Http2ShapeReader::setting),
                part.get("connection_window_update").integer(0, MAX_INCREMENT),
                part.get("stream_window_update").integer(0, MAX_INCREMENT),
                first.integer(1, MAX_INCREMENT),
                pseudoHeaders(part.get("pseudo_headers")),
                part.get("priorities").mapOf(RequestKind.class, Http2ShapeReader::priority),
                part.get("priority_frames").list(Http2ShapeReader::priorityFrame),
                hpack(part.get("hpack")),
                upkeep(part.find("upkeep")));
    }

    private static Upkeep upkeep(@Nullable JsonPart part) {
        if (part == null) {
            return Upkeep.NONE;
        }
        part.object(
                List.of(),
                List.of("window_update_step", "small_update_seconds", "ping_seconds", "zero_pings", "goaway"));
        return new Upkeep(
                optional(part.find("window_update_step"), MAX_INCREMENT),
                optional(part.find("small_update_seconds"), MOST_SECONDS),
                optional(part.find("ping_seconds"), MOST_SECONDS),
                set(part.find("zero_pings")),
                set(part.find("goaway")));
    }

    private static boolean set(@Nullable JsonPart part) {
        return part != null && part.flag();
    }

    private static int optional(@Nullable JsonPart part, int most) {
        return part == null ? 0 : part.integer(0, most);
    }

    private static Setting setting(JsonPart part) {
        part.object(List.of("id", "value"), List.of("name"));
        return new Setting(part.get("id").integer(1, 0xffff), part.get("value").number(0, 0xffff_ffffL));
    }

    private static List<String> pseudoHeaders(JsonPart part) {
        List<String> names = part.texts();
        if (names.size() != PSEUDO_HEADERS.size() || !PSEUDO_HEADERS.equals(Set.copyOf(names))) {
            throw part.refuse(":method, :authority, :scheme and :path, each once");
        }
        return names;
    }

    private static Priority priority(JsonPart part) {
        part.object(List.of("exclusive", "weight", "depends_on_previous"), List.of());
        return new Priority(
                part.get("exclusive").flag(),
                part.get("weight").integer(1, 256),
                part.get("depends_on_previous").flag());
    }

    private static PriorityFrame priorityFrame(JsonPart part) {
        part.object(List.of("stream", "depends_on", "exclusive", "weight"), List.of());
        return new PriorityFrame(
                part.get("stream").integer(1, MAX_INCREMENT),
                part.get("depends_on").integer(0, MAX_INCREMENT),
                part.get("exclusive").flag(),
                part.get("weight").integer(1, 256));
    }

    private static Hpack hpack(JsonPart part) {
        part.object(
                List.of(
                        "never_indexed",
                        "without_indexing",
                        "path_name_index",
                        "huffman",
                        "cookie_crumbs",
                        "never_index_cookie_shorter_than"),
                List.of());
        return new Hpack(
                part.get("never_indexed").texts(),
                part.get("without_indexing").texts(),
                part.get("path_name_index").integer(4, 5),
                part.get("huffman").oneOf(Huffman.class),
                part.get("cookie_crumbs").flag(),
                part.get("never_index_cookie_shorter_than").integer(0, 65535));
    }
}
