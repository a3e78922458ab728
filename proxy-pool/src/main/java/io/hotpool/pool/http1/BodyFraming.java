package io.hotpool.pool.http1;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;

/**
 * How the end of a response's body is found (RFC 9112, 6.3) and whether the connection lives on after it (9.3). Pure.
 *
 * @param kind of framing
 * @param length of a {@link Kind#FIXED} body
 * @param persistent the peer keeps the connection and the framing leaves no doubt
 */
record BodyFraming(Kind kind, long length, boolean persistent) {
    private static final int MOST_DIGITS = 18;

    enum Kind {
        NONE,
        FIXED,
        CHUNKED,
        UNTIL_CLOSE
    }

    /** Identical Content-Lengths count as one, Transfer-Encoding overrides Content-Length; both as browsers do. */
    static BodyFraming of(String method, StatusLine line, HeaderList headers) {
        boolean http10 = line.minor() == 0;
        boolean keep = http10
                ? headers.containsToken("Connection", "keep-alive")
                : !headers.containsToken("Connection", "close");
        boolean coded = headers.contains("Transfer-Encoding");
        if (method.equals("HEAD") || line.status() == 204 || line.status() == 304) {
            return new BodyFraming(Kind.NONE, 0, keep);
        }
        if (coded && !http10) {
            return chunked(headers) ? new BodyFraming(Kind.CHUNKED, -1, keep && !bothLengths(headers)) : untilClose();
        }
        long length = contentLength(headers);
        if (length < 0) {
            return untilClose();
        }
        return new BodyFraming(length == 0 ? Kind.NONE : Kind.FIXED, length, keep && !coded);
    }

    /** What {@link io.hotpool.pool.http.ResponseHead#bodyLength()} says. */
    long bodyLength() {
        return switch (kind) {
            case NONE -> 0;
            case FIXED -> length;
            case CHUNKED, UNTIL_CLOSE -> RequestHead.UNKNOWN_LENGTH;
        };
    }

    private static BodyFraming untilClose() {
        return new BodyFraming(Kind.UNTIL_CLOSE, -1, false);
    }

    private static boolean bothLengths(HeaderList headers) {
        return headers.contains("Content-Length");
    }

    /** False for {@code identity} alone. Any other transfer coding would have to be undone here, and is not. */
    private static boolean chunked(HeaderList headers) {
        boolean chunked = false;
        for (String field : headers.getAll("Transfer-Encoding")) {
            for (String coding : field.split(",")) {
                String token = coding.trim();
                if (token.equalsIgnoreCase("chunked")) {
                    chunked = true;
                } else if (!token.isEmpty() && !token.equalsIgnoreCase("identity")) {
                    throw Fault.of(FaultKind.UPSTREAM_PROTOCOL, "transfer coding other than chunked in the response");
                }
            }
        }
        return chunked;
    }

    /** -1 when there is none. */
    private static long contentLength(HeaderList headers) {
        long length = -1;
        for (String field : headers.getAll("Content-Length")) {
            for (String part : field.indexOf(',') < 0 ? new String[] {field} : field.split(",", -1)) {
                long value = parseLength(part.trim());
                if (length >= 0 && value != length) {
                    throw Fault.of(FaultKind.UPSTREAM_PROTOCOL, "Content-Length fields that differ");
                }
                length = value;
            }
        }
        return length;
    }

    private static long parseLength(String digits) {
        long length = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9 || i >= MOST_DIGITS) {
                throw notANumber();
            }
            length = 10 * length + digit;
        }
        if (digits.isEmpty()) {
            throw notANumber();
        }
        return length;
    }

    private static Fault notANumber() {
        return Fault.of(FaultKind.UPSTREAM_PROTOCOL, "Content-Length is not a number");
    }
}
