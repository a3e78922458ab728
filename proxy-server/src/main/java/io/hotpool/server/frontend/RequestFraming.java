package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;

/** How long a request's body is (RFC 9112, 6.3). Whatever two readers could understand differently is refused. */
final class RequestFraming {
    private static final int MAX_DIGITS = 18;

    private RequestFraming() {}

    /** @return bytes, 0 for no body, {@link RequestHead#UNKNOWN_LENGTH} for chunked */
    static long bodyLength(String version, HeaderList headers) {
        int lengths = count(headers, "Content-Length");
        int codings = count(headers, "Transfer-Encoding");
        if (codings == 0) {
            return lengths == 0 ? 0 : contentLength(headers, lengths);
        }
        if (lengths > 0) {
            throw invalid("Content-Length and Transfer-Encoding together");
        }
        if (version.equals(ClientRequest.HTTP_1_0)) {
            throw invalid("Transfer-Encoding in an HTTP/1.0 request");
        }
        if (codings > 1 || !"chunked".equalsIgnoreCase(headers.get("Transfer-Encoding"))) {
            throw Fault.of(FaultKind.NOT_IMPLEMENTED, "a Transfer-Encoding other than chunked");
        }
        return RequestHead.UNKNOWN_LENGTH;
    }

    static long contentLength(HeaderList headers, int fields) {
        String value = headers.get("Content-Length");
        if (fields > 1 || value == null) {
            throw invalid("more than one Content-Length");
        }
        boolean digits = !value.isEmpty() && value.length() <= MAX_DIGITS;
        for (int i = 0; i < value.length() && digits; i++) {
            digits = value.charAt(i) >= '0' && value.charAt(i) <= '9';
        }
        if (!digits) {
            throw invalid("Content-Length is not a number");
        }
        return Long.parseLong(value);
    }

    static int count(HeaderList headers, String name) {
        int found = 0;
        for (int i = 0; i < headers.size(); i++) {
            found += headers.name(i).equalsIgnoreCase(name) ? 1 : 0;
        }
        return found;
    }

    private static Fault invalid(String what) {
        return Fault.of(FaultKind.BAD_REQUEST, what);
    }
}
