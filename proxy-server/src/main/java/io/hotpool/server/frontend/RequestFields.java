package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.server.route.DirectiveReader;
import io.hotpool.server.route.HostPort;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which fields of a request or a response go on to the next hop (RFC 9110, 7.6.1). */
final class RequestFields {
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "proxy-connection",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings");
    private static final Set<String> DERIVED =
            Set.of("host", "content-length", "proxy-authorization", "proxy-authenticate");
    private static final Set<String> PLACES = Set.of("host", "connection", "content-length", "transfer-encoding");
    /** A field that Connection names is dropped, but these never lose their meaning so. */
    private static final Set<String> NOT_NOMINABLE =
            Set.of("host", "content-length", "transfer-encoding", "cache-control", "authorization", "cookie");

    private static final Set<String> NOT_IN_TRAILERS = Set.of(
            "host",
            "content-length",
            "transfer-encoding",
            "content-encoding",
            "content-type",
            "content-range",
            "trailer",
            "te",
            "connection",
            "keep-alive",
            "upgrade",
            "authorization",
            "proxy-authorization",
            "cookie",
            "set-cookie",
            "expect",
            "range",
            "max-forwards",
            "cache-control",
            "proxy-connection");

    private RequestFields() {}

    /**
     * The fields that go to the origin. Of those that follow from the request or belong to the hop, which the dresser writes
     * anew, the place is kept: a field without a value. Not from HTTP/2, whose codec moves content-length to the end.
     */
    static HeaderList onward(HeaderList headers) {
        Set<String> nominated = nominated(headers);
        HeaderList onward = headers.cased() ? new HeaderList(headers.size()) : HeaderList.uncased(headers.size());
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            String lower = name.toLowerCase(Locale.ROOT);
            boolean dropped = HOP_BY_HOP.contains(lower)
                    || DERIVED.contains(lower)
                    || nominated.contains(lower)
                    || DirectiveReader.isDirective(name);
            if (!dropped) {
                onward.add(name, headers.value(i));
            } else if (headers.cased() && PLACES.contains(lower) && !onward.contains(name)) {
                onward.add(name, "");
            } else if (lower.equals("te") && headers.containsToken("TE", "trailers") && !onward.contains("TE")) {
                onward.add(name, "trailers");
            }
        }
        return onward;
    }

    private static Set<String> nominated(HeaderList headers) {
        if (!headers.contains("Connection")) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        for (String value : headers.getAll("Connection")) {
            for (String token : value.split(",")) {
                String name = token.trim().toLowerCase(Locale.ROOT);
                if (!NOT_NOMINABLE.contains(name)) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    /** Fields that frame, route or control have no place after the body (RFC 9110, 6.5.1). */
    static HeaderList trailers(HeaderList trailers) {
        if (!trailers.isEmpty()) {
            trailers.removeIf((name, value) ->
                    NOT_IN_TRAILERS.contains(name.toLowerCase(Locale.ROOT)) || DirectiveReader.isDirective(name));
        }
        return trailers;
    }

    /** The token of an upgrade that is passed on: WebSocket's; any other is left out, as a hop-by-hop wish. */
    static String upgrade(ClientRequest request) {
        boolean websocket = request.version().equals(ClientRequest.HTTP_1_1)
                && request.method().equals("GET")
                && request.bodyLength() == 0
                && request.headers().containsToken("Upgrade", "websocket")
                && request.headers().containsToken("Connection", "upgrade");
        return websocket ? "websocket" : "";
    }

    /**
     * What Host, or {@code :authority}, says; null when it is not there, which only HTTP/1.0 may do.
     *
     * @throws Fault {@code bad_request} when it is missing, doubled or no host (RFC 9112, 3.2)
     */
    static @Nullable HostPort host(ClientRequest request) {
        List<String> hosts = request.headers().getAll("Host");
        if (hosts.size() > 1) {
            throw Fault.of(FaultKind.BAD_REQUEST, "more than one Host header");
        }
        if (request.http2()) {
            return http2Host(request, hosts);
        }
        if (hosts.isEmpty()) {
            if (request.version().equals(ClientRequest.HTTP_1_0)) {
                return null;
            }
            throw Fault.of(FaultKind.BAD_REQUEST, "the Host header is missing");
        }
        return HostPort.parse(hosts.get(0));
    }

    private static HostPort http2Host(ClientRequest request, List<String> hosts) {
        if (request.authority().isEmpty() && hosts.isEmpty()) {
            throw Fault.of(FaultKind.BAD_REQUEST, "neither :authority nor host");
        }
        HostPort authority = HostPort.parse(request.authority().isEmpty() ? hosts.get(0) : request.authority());
        if (!hosts.isEmpty() && !HostPort.parse(hosts.get(0)).equals(authority)) {
            throw Fault.of(FaultKind.BAD_REQUEST, "host and :authority differ");
        }
        return authority;
    }
}
