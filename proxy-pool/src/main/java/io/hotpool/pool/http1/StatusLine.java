package io.hotpool.pool.http1;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;

/**
 * {@code HTTP/1.x SP status [SP reason]} (RFC 9112, 4). A missing reason and a missing space before it are accepted.
 *
 * @param minor 0 for HTTP/1.0, at least 1 for anything later
 */
record StatusLine(int minor, int status, String reason) {
    private static final String PREFIX = "HTTP/1.";

    static StatusLine parse(String line) {
        if (line.length() < 12
                || !line.startsWith(PREFIX)
                || !digit(line.charAt(7))
                || line.charAt(8) != ' '
                || line.length() > 12 && line.charAt(12) != ' '
                || line.indexOf('\0') >= 0) {
            throw malformed();
        }
        int status = 0;
        for (int i = 9; i < 12; i++) {
            if (!digit(line.charAt(i))) {
                throw malformed();
            }
            status = 10 * status + line.charAt(i) - '0';
        }
        if (status < 100) {
            throw malformed();
        }
        String reason = line.length() > 13 ? line.substring(13).replace('\r', ' ') : "";
        return new StatusLine(line.charAt(7) - '0', status, reason);
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    private static Fault malformed() {
        return Fault.of(FaultKind.UPSTREAM_PROTOCOL, "the answer does not begin with an HTTP/1 status line");
    }
}
