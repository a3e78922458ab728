package io.hotpool.server.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Field;
import io.hotpool.pool.profile.BrowserProfile.HeaderShapes;
import io.hotpool.pool.profile.Profiles;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderLessonTest {
    private final Notes notes = new Notes();

    @Test
    void one_order_holds_in_every_list() {
        assertThat(FieldOrder.of(
                        List.of(List.of("a", "c", "e"), List.of("a", "b", "c", "d", "e"), List.of("A", "x", "C"))))
                .containsExactly("a", "b", "x", "c", "d", "e");
    }

    @Test
    void a_contradiction_is_settled_by_the_majority() {
        assertThat(FieldOrder.of(List.of(List.of("a", "b"), List.of("b", "a"), List.of("b", "a"))))
                .containsExactly("b", "a");
    }

    @Test
    void values_come_from_the_first_request_and_places_from_all() {
        HeaderShapes shapes = learn(List.of(
                http1(RequestKind.NAVIGATE, "Host: h", "User-Agent: Mine/1", "Accept: text/html"),
                http1(RequestKind.FETCH, "Host: h", "User-Agent: Mine/1", "Accept: */*"),
                http1(
                        RequestKind.FETCH,
                        "Host: h",
                        "Content-Length: 1",
                        "User-Agent: Mine/1",
                        "X-Custom: 1",
                        "Accept: x",
                        "Cookie: a=1")));

        assertThat(shapes.http1().get(RequestKind.FETCH))
                .containsExactly(
                        new Field("Host", ""),
                        new Field("Content-Length", ""),
                        new Field("User-Agent", "Mine/1"),
                        new Field("*", ""),
                        new Field("Accept", "*/*"),
                        new Field("Cookie", ""));
    }

    @Test
    void a_kind_that_was_not_seen_has_the_familys_order_with_this_browsers_own_values() {
        HeaderShapes firefox =
                Profiles.builtIn().find("firefox-153").orElseThrow().headers();

        HeaderShapes shapes = HeaderLesson.of(
                List.of(http1(RequestKind.NAVIGATE, "Host: h", "User-Agent: Mine/1", "Accept-Encoding: gzip")),
                firefox,
                notes);

        List<Field> image = shapes.fields(Protocol.H2, RequestKind.IMAGE);
        assertThat(image).contains(new Field("user-agent", "Mine/1"), new Field("accept-encoding", "gzip"));
        assertThat(image).noneMatch(field -> field.name().equals("te")); // this browser has none
        assertThat(notes.assumed()).anyMatch(note -> note.contains("image"));
    }

    @Test
    void without_a_family_what_is_needed_is_named() {
        assertThatThrownBy(() -> learn(List.of(http1(RequestKind.NAVIGATE, "Host: h"))))
                .isInstanceOf(LearnException.class)
                .hasMessageContaining("h2")
                .hasMessageContaining("--like");
    }

    private HeaderShapes learn(List<SeenRequest> requests) {
        List<SeenRequest> all = new ArrayList<>(requests);
        if (requests.size() > 1) {
            for (SeenRequest request : requests) {
                all.add(new SeenRequest(
                        request.kind(), request.fields(), new Http2Session.Request(1, null, List.of(), 0)));
            }
        }
        return HeaderLesson.of(all, null, notes);
    }

    private static SeenRequest http1(RequestKind kind, String... lines) {
        List<Field> fields = new ArrayList<>();
        for (String line : lines) {
            String[] parts = line.split(": ", 2);
            fields.add(new Field(parts[0], parts[1]));
        }
        return SeenRequest.http1(kind, fields);
    }
}
