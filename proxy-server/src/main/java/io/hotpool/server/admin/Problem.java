package io.hotpool.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;

/** A request that is refused, answered as a problem document (RFC 9457). */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Map<String, String> headers;
    private final transient List<String> problems;

    Problem(int status, String detail) {
        this(status, detail, Map.of(), List.of());
    }

    /** @param problems further lines, one for each thing wrong */
    Problem(int status, String detail, Map<String, String> headers, List<String> problems) {
        super(detail, null, false, false);
        this.status = status;
        this.headers = headers;
        this.problems = problems;
    }

    int status() {
        return status;
    }

    Answer answer() {
        ObjectNode body = Json.object();
        body.put("type", "about:blank");
        body.put("title", HttpResponseStatus.valueOf(status).reasonPhrase());
        body.put("status", status);
        body.put("detail", getMessage());
        if (!problems.isEmpty()) {
            problems.forEach(body.putArray("problems")::add);
        }
        return new Answer(status, "application/problem+json", Json.bytes(body), headers);
    }
}
