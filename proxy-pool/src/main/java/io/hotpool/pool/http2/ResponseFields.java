package io.hotpool.pool.http2;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseHead;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From decoded fields to a head or trailers; what RFC 9113, 8.2 and 8.3 calls malformed is a stream error. */
final class ResponseFields {
    private static final Set<String> CONNECTION_SPECIFIC =
            Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

    private ResponseFields() {}

    static ResponseHead head(int stream, Http2Headers fields, String method, boolean endStream) throws Http2Exception {
        int status = status(stream, fields.status());
        if (status == 101 || status < 200 && endStream) {
            throw malformed(stream, "interim response " + status + " that cannot be one");
        }
        HeaderList headers = list(stream, fields, true);
        boolean empty = endStream || method.equals("HEAD") || status == 204 || status == 304;
        return new ResponseHead(status, "", headers, empty ? 0 : contentLength(headers), Protocol.H2);
    }

    static HeaderList trailers(int stream, Http2Headers fields) throws Http2Exception {
        return list(stream, fields, false);
    }

    private static HeaderList list(int stream, Http2Headers fields, boolean head) throws Http2Exception {
        HeaderList list = new HeaderList(fields.size());
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            String name = field.getKey().toString();
            if (head && name.equals(":status")) {
                continue;
            }
            checkName(stream, name);
            list.add(name, field.getValue().toString());
        }
        return list;
    }

    /** RFC 9113, 8.2.1: lower case, no controls, no colon. */
    private static void checkName(int stream, String name) throws Http2Exception {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == ':' || c >= 'A' && c <= 'Z') {
                throw malformed(stream, "field name that is not allowed");
            }
        }
        if (name.isEmpty() || CONNECTION_SPECIFIC.contains(name)) {
            throw malformed(stream, "connection-specific field '" + name + "'");
        }
    }

    private static int status(int stream, @Nullable CharSequence text) throws Http2Exception {
        if (text == null || text.length() != 3) {
            throw malformed(stream, "no valid :status");
        }
        int status = 0;
        for (int i = 0; i < 3; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw malformed(stream, "no valid :status");
            }
            status = 10 * status + digit;
        }
        if (status < 100) {
            throw malformed(stream, "no valid :status");
        }
        return status;
    }

    /** The codec has already made sure that it is one number. */
    private static long contentLength(HeaderList headers) {
        String length = headers.get("content-length");
        return length == null || length.length() > 18 ? RequestHead.UNKNOWN_LENGTH : Long.parseLong(length);
    }

    private static Http2Exception malformed(int stream, String what) {
        return Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, "malformed response: %s", what);
    }
}
