package io.hotpool.server.frontend;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseHead;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Header fields between HTTP/2 and the lists of an exchange (RFC 9113, 8.2 and 8.3). */
final class Http2Fields {
    private static final Set<String> CONNECTION_SPECIFIC =
            Set.of("connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade");

    private Http2Fields() {}

    /** @throws Http2Exception a stream error when the request is malformed (RFC 9113, 8.1.1) */
    static ClientRequest request(int stream, Http2Headers headers, boolean end) throws Http2Exception {
        String method = text(headers.method());
        String path = text(headers.path());
        boolean connect = method.equals("CONNECT");
        boolean complete = !method.isEmpty() && (connect || headers.scheme() != null && !path.isEmpty());
        if (!complete || !HeadLines.isToken(method)) {
            throw malformed(stream, "a required pseudo-header field is missing");
        }
        HeaderList list = fields(stream, headers);
        return new ClientRequest(
                ClientRequest.HTTP_2, method, path, text(headers.authority()), list, bodyLength(stream, list, end));
    }

    private static long bodyLength(int stream, HeaderList headers, boolean end) throws Http2Exception {
        int lengths = RequestFraming.count(headers, "content-length");
        if (lengths == 0) {
            return end ? 0 : RequestHead.UNKNOWN_LENGTH;
        }
        try {
            long length = RequestFraming.contentLength(headers, lengths);
            if (end && length != 0) {
                throw malformed(stream, "content-length without a body");
            }
            return length;
        } catch (io.hotpool.pool.fault.Fault fault) {
            throw malformed(stream, fault.detail());
        }
    }

    static HeaderList trailers(int stream, Http2Headers headers, boolean end) throws Http2Exception {
        if (!end) {
            throw malformed(stream, "trailers without END_STREAM");
        }
        HeaderList trailers = new HeaderList(headers.size());
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            if (field.getKey().length() > 0 && field.getKey().charAt(0) == ':') {
                throw malformed(stream, "a pseudo-header field in trailers");
            }
            trailers.add(field.getKey().toString(), field.getValue().toString());
        }
        return trailers;
    }

    private static HeaderList fields(int stream, Http2Headers headers) throws Http2Exception {
        HeaderList list = HeaderList.uncased(headers.size());
        StringBuilder cookies = null;
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            String name = field.getKey().toString();
            String value = field.getValue().toString();
            if (name.isEmpty() || name.charAt(0) == ':') {
                continue;
            }
            boolean te = name.equals("te") && !value.equals("trailers");
            if (te || CONNECTION_SPECIFIC.contains(name)) {
                throw malformed(stream, "a connection-specific field");
            }
            if (!name.equals("cookie")) {
                list.add(name, value);
            } else if (cookies == null) {
                cookies = new StringBuilder(value);
                list.add(name, value);
            } else {
                cookies.append("; ").append(value);
            }
        }
        if (cookies != null) {
            list.set("cookie", cookies.toString()); // crumbs become one field again (RFC 9113, 8.2.3)
        }
        return list;
    }

    static Http2Headers response(ResponseHead head) {
        HeaderList fields = head.headers();
        Http2Headers headers = new DefaultHttp2Headers(false, fields.size() + 1);
        headers.status(Integer.toString(head.status()));
        add(headers, fields);
        return headers;
    }

    static Http2Headers trailers(HeaderList fields) {
        Http2Headers headers = new DefaultHttp2Headers(false, fields.size());
        add(headers, fields);
        return headers;
    }

    private static void add(Http2Headers headers, HeaderList fields) {
        for (int i = 0; i < fields.size(); i++) {
            String name = fields.name(i).toLowerCase(Locale.ROOT);
            if (!CONNECTION_SPECIFIC.contains(name)) {
                headers.add(name, fields.value(i));
            }
        }
    }

    private static String text(@Nullable CharSequence value) {
        return value == null ? "" : value.toString();
    }

    private static Http2Exception malformed(int stream, String why) {
        return Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, why);
    }
}
