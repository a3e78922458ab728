package io.hotpool.server.frontend;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.ResponseHead;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** A whole response that hotpool gives itself. */
record OwnAnswer(int status, HeaderList headers, byte[] body) {

    static OwnAnswer of(int status, String contentType, byte[] body) {
        HeaderList headers = HeaderList.of(
                "Content-Type",
                contentType,
                "Content-Length",
                Integer.toString(body.length),
                "Cache-Control",
                "no-store",
                "X-Content-Type-Options",
                "nosniff");
        return new OwnAnswer(status, headers, body);
    }

    static OwnAnswer text(int status, String contentType, String body) {
        return of(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    ResponseHead head() {
        return new ResponseHead(status, reason(status), headers, body.length, Protocol.H1);
    }

    static String reason(int status) {
        return switch (status) {
            case 421 -> "Misdirected Request";
            case 508 -> "Loop Detected";
            default -> HttpResponseStatus.valueOf(status).reasonPhrase();
        };
    }
}
