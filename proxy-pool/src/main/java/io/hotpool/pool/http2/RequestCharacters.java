package io.hotpool.pool.http2;

import io.hotpool.pool.http.RequestHead;

/** Which request heads can be written: no line ends or NULs in them, and nothing beyond ISO 8859-1 (RFC 9113, 8.2.1). */
final class RequestCharacters {
    private RequestCharacters() {}

    static boolean sendable(RequestHead head) {
        boolean fine = sendable(head.method()) && sendable(head.authority()) && sendable(head.path());
        for (int i = 0; fine && i < head.headers().size(); i++) {
            fine = sendable(head.headers().name(i)) && sendable(head.headers().value(i));
        }
        return fine;
    }

    private static boolean sendable(String s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '\r' || c == '\n' || c == 0 || c > 0xff) {
                return false;
            }
        }
        return true;
    }
}
