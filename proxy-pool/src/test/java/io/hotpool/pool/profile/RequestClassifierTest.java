package io.hotpool.pool.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestClassifierTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "GET     | -                                     | -                 | NAVIGATE",
                "GET     | */*                                   | -                 | NAVIGATE",
                "HEAD    | */*                                   | -                 | NAVIGATE",
                "GET     | text/html,application/xhtml+xml       | -                 | NAVIGATE",
                "GET     | application/json                      | -                 | FETCH",
                "GET     | application/json, text/plain, */*     | -                 | FETCH",
                "GET     | text/event-stream                     | -                 | FETCH",
                "GET     | */*                                   | application/json  | FETCH",
                "GET     | text/css,*/*;q=0.1                    | -                 | STYLE",
                "GET     | image/avif,image/webp,*/*             | -                 | IMAGE",
                "GET     | font/woff2                            | -                 | FONT",
                "GET     | video/webm                            | -                 | MEDIA",
                "POST    | */*                                   | application/x-www-form-urlencoded | FORM",
                "POST    | -                                     | multipart/form-data; boundary=x   | FORM",
                "POST    | application/json                      | application/x-www-form-urlencoded | FETCH",
                "POST    | */*                                   | application/json  | FETCH",
                "POST    | -                                     | -                 | FETCH",
                "PUT     | */*                                   | text/plain        | FETCH",
                "DELETE  | -                                     | -                 | FETCH",
                "OPTIONS | -                                     | -                 | FETCH",
            })
    void a_clients_own_fields_tell_the_kind(String method, String accept, String contentType, RequestKind kind) {
        HeaderList headers = new HeaderList();
        if (accept != null) {
            headers.add("Accept", accept);
        }
        if (contentType != null) {
            headers.add("Content-Type", contentType);
        }
        assertThat(RequestClassifier.classify(method, "/", headers, contentType != null && !method.equals("GET"), ""))
                .isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "document, NAVIGATE",
        "iframe, IFRAME",
        "style, STYLE",
        "script, SCRIPT",
        "worker, SCRIPT",
        "image, IMAGE",
        "font, FONT",
        "video, MEDIA",
        "empty, FETCH",
        "manifest, FETCH"
    })
    void fetch_metadata_says_it_best(String destination, RequestKind kind) {
        HeaderList headers = HeaderList.of("Accept", "*/*", "Sec-Fetch-Dest", destination, "Sec-Fetch-Mode", "no-cors");
        assertThat(RequestClassifier.classify("GET", "/", headers, false, "")).isEqualTo(kind);
    }

    @Test
    void a_submitted_document_is_a_form() {
        HeaderList headers = HeaderList.of("Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate");
        assertThat(RequestClassifier.classify("POST", "/", headers, true, "")).isEqualTo(RequestKind.FORM);
    }

    @Test
    void some_requests_are_known_by_one_field() {
        HeaderList xhr = HeaderList.of("X-Requested-With", "XMLHttpRequest");
        assertThat(RequestClassifier.classify("GET", "/", xhr, false, "")).isEqualTo(RequestKind.XHR);
        HeaderList preflight = HeaderList.of("Access-Control-Request-Method", "PUT");
        assertThat(RequestClassifier.classify("OPTIONS", "/", preflight, false, ""))
                .isEqualTo(RequestKind.PREFLIGHT);
        HeaderList mode = HeaderList.of("Sec-Fetch-Mode", "cors");
        assertThat(RequestClassifier.classify("GET", "/", mode, false, "")).isEqualTo(RequestKind.FETCH);
        assertThat(RequestClassifier.classify("GET", "/", new HeaderList(), false, "WebSocket"))
                .isEqualTo(RequestKind.WEBSOCKET);
    }

    @Test
    void an_image_at_the_icons_place_is_the_sites_icon() {
        HeaderList image = HeaderList.of("Sec-Fetch-Dest", "image");

        assertThat(RequestClassifier.classify("GET", "/favicon.ico", image, false, ""))
                .isEqualTo(RequestKind.ICON);
        assertThat(RequestClassifier.classify("GET", "/favicon.ico.html", image, false, ""))
                .isEqualTo(RequestKind.IMAGE);
        assertThat(RequestClassifier.classify("GET", "/favicon.ico", new HeaderList(), false, ""))
                .isEqualTo(RequestKind.NAVIGATE);
    }
}
