package io.hotpool.pool.profile;

import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestKind;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One browser version as data: everything that a server can see of it. Read from one JSON file (see {@code
 * ProfileReader}); no fact about a particular browser is written in code.
 *
 * @param name unique, lower case: {@code chrome-156}
 * @param browser family: {@code chrome}, {@code chromium}, {@code firefox}, {@code safari}, …
 * @param version full version of the browser
 * @param platform {@code linux}, {@code windows}, {@code macos}, {@code android}, {@code ios}
 * @param aliases further names
 * @param provenance where the facts come from
 */
public record BrowserProfile(
        String name,
        String browser,
        String version,
        String platform,
        List<String> aliases,
        Provenance provenance,
        TlsShape tls,
        Http2Shape http2,
        HeaderShapes headers,
        Expected expected) {

    /** GREASE placeholder (RFC 8701) in lists of code points: a fresh value is drawn per slot and connection. */
    public static final int GREASE = 0x0a0a;

    /**
     * @param source capture or publication, for people
     * @param captured ISO date
     * @param verified what was compared with a real browser and how
     * @param assumed what the source does not say, and where the assumption comes from; empty when nothing is assumed
     */
    public record Provenance(String source, String captured, List<String> verified, List<String> assumed) {}

    /**
     * The ClientHello (RFC 8446, 4.1.2) and what goes with it.
     *
     * @param cipherSuites code points in order, {@link #GREASE} where one is drawn
     * @param extensions in order
     * @param permuted the extensions between a leading and a trailing GREASE (or all, where there is none) are shuffled on
     *     every connection; pre_shared_key stays last
     * @param sharedX25519 the X25519 key of the hybrid share is the standalone share's (NSS)
     * @param sessionId length of the legacy session id: 32 or 0
     * @param recordVersion of the record around the first hello: 0x0301, as RFC 8446, 5.1 allows and nearly all do, or 0x0303
     * @param forms what differs in a special form of hello, by {@link HelloForm}
     * @param closeNotify the end of a connection is announced (RFC 8446, 6.1)
     */
    public record TlsShape(
            List<Integer> cipherSuites,
            List<Extension> extensions,
            boolean permuted,
            boolean sharedX25519,
            int sessionId,
            int recordVersion,
            Map<HelloForm, Variation> forms,
            boolean closeNotify) {
        public static final int TLS10 = 0x0301;
        public static final int TLS12 = 0x0303;

        public TlsShape(
                List<Integer> cipherSuites,
                List<Extension> extensions,
                boolean permuted,
                boolean sharedX25519,
                int sessionId,
                int recordVersion,
                Map<HelloForm, Variation> forms) {
            this(cipherSuites, extensions, permuted, sharedX25519, sessionId, recordVersion, forms, true);
        }

        /** The variation of a form; an empty one where the profile has none. */
        public Variation variation(HelloForm form) {
            return forms.getOrDefault(form, Variation.NONE);
        }
    }

    /** Occasions on which a browser's hello differs from its first one. */
    public enum HelloForm {
        /** A WebSocket connection: ALPN http/1.1 alone. */
        WEBSOCKET,
        /** TLS 1.3 with pre_shared_key. */
        RESUMED,
        /** A TLS 1.2 ticket in session_ticket. */
        RESUMED_TLS12,
        /** The connection before this one was closed by the server and the request is sent again. */
        RETRY
    }

    /**
     * @param drop extension types that are left out
     * @param alpn replaces the ALPN list where it is not empty
     * @param echPayloadLengths replaces the ECH GREASE payload lengths where it is not empty
     * @param echPayloadStep the ECH GREASE payload grows by the length of pre_shared_key, rounded up to a multiple of this
     *     (NSS); 0: it does not
     */
    public record Variation(
            List<Integer> drop, List<String> alpn, List<Integer> echPayloadLengths, int echPayloadStep) {
        public static final Variation NONE = new Variation(List.of(), List.of(), List.of());

        public Variation(List<Integer> drop, List<String> alpn, List<Integer> echPayloadLengths) {
            this(drop, alpn, echPayloadLengths, 0);
        }

        /**
         * What the length of the payload is drawn from.
         *
         * @param preSharedKey length of the body of pre_shared_key, its binders included; 0 without one
         */
        public List<Integer> echPayloadLengths(Extension.EchGrease first, int preSharedKey) {
            List<Integer> lengths = echPayloadLengths.isEmpty() ? first.payloadLengths() : echPayloadLengths;
            if (echPayloadStep == 0) {
                return lengths;
            }
            int more = (preSharedKey + echPayloadStep - 1) / echPayloadStep * echPayloadStep;
            return lengths.stream().map(length -> length + more).toList();
        }
    }

    /**
     * One extension. The type decides which component is used; the writer fills server_name, key_share, cookie,
     * session_ticket and pre_shared_key itself.
     */
    public sealed interface Extension {
        /** Code point, or {@link #GREASE}. */
        int type();

        /** Bytes as they are: supported by every type whose content does not vary. Of GREASE: its body. */
        record Fixed(int type, byte[] data) implements Extension {}

        /** server_name (0), session_ticket (35): the writer knows the content. */
        record Filled(int type) implements Extension {}

        /** A list of code points with GREASE slots: supported_groups (10), signature_algorithms (13), versions (43). */
        record Codes(int type, List<Integer> codes) implements Extension {}

        /** application_layer_protocol_negotiation (16) and application_settings (17513, 17613). */
        record Protocols(int type, List<String> protocols) implements Extension {}

        /** key_share (51): groups with a share, in order; GREASE has one zero byte. */
        record KeyShares(int type, List<Integer> groups) implements Extension {}

        /** encrypted_client_hello (65037) as GREASE (RFC 9849, 6.2): one of each list is drawn. */
        record EchGrease(int type, int kdf, List<Integer> aeads, int encLength, List<Integer> payloadLengths)
                implements Extension {}

        /** padding (21, RFC 7685) up to {@code target} bytes of hello. */
        record Padding(int type, int target) implements Extension {}
    }

    /**
     * The opening of an HTTP/2 connection and the way requests are written (RFC 9113, RFC 7541).
     *
     * @param settings id and value in the order sent
     * @param connectionWindowUpdate increment of the WINDOW_UPDATE on stream 0 after SETTINGS; 0: none is sent
     * @param streamWindowUpdate increment of a WINDOW_UPDATE after the HEADERS of each request; 0: none is sent
     * @param firstStreamId odd
     * @param pseudoHeaders order of {@code :method :authority :scheme :path}
     * @param priorities HEADERS priority by kind of request, see {@link #priority}; an empty map: no priority flag
     * @param priorityFrames PRIORITY frames after the opening (older profiles)
     * @param hpack how header fields are encoded
     * @param upkeep what it sends while the connection lives, and at its end
     */
    public record Http2Shape(
            List<Setting> settings,
            int connectionWindowUpdate,
            int streamWindowUpdate,
            int firstStreamId,
            List<String> pseudoHeaders,
            Map<RequestKind, Priority> priorities,
            List<PriorityFrame> priorityFrames,
            Hpack hpack,
            Upkeep upkeep) {

        public Http2Shape(
                List<Setting> settings,
                int connectionWindowUpdate,
                int streamWindowUpdate,
                int firstStreamId,
                List<String> pseudoHeaders,
                Map<RequestKind, Priority> priorities,
                List<PriorityFrame> priorityFrames,
                Hpack hpack) {
            this(
                    settings,
                    connectionWindowUpdate,
                    streamWindowUpdate,
                    firstStreamId,
                    pseudoHeaders,
                    priorities,
                    priorityFrames,
                    hpack,
                    Upkeep.NONE);
        }

        /** Of a kind; of the nearest kind where the profile has none of its own; empty: no priority flag. */
        public Optional<Priority> priority(RequestKind kind) {
            Priority priority = priorities.get(kind);
            return priority != null || kind == kind.nearest()
                    ? Optional.ofNullable(priority)
                    : priority(kind.nearest());
        }

        public record Setting(int id, long value) {}

        /**
         * @param windowUpdateStep bytes that were taken before a WINDOW_UPDATE gives them back; 0: half of the window
         * @param smallUpdateSeconds after so long without a WINDOW_UPDATE the next bytes are given back at once; 0: never
         * @param pingSeconds after so long without a byte from the peer a PING follows the next HEADERS; 0: never
         * @param zeroPings the payload of every PING is 0; else they are numbered from 1
         * @param goAway GOAWAY is sent before it closes
         */
        public record Upkeep(
                int windowUpdateStep, int smallUpdateSeconds, int pingSeconds, boolean zeroPings, boolean goAway) {
            public static final Upkeep NONE = new Upkeep(0, 0, 0, false, false);
        }

        /**
         * @param weight 1 to 256 (the wire carries weight - 1)
         * @param dependsOnPrevious depend on the newest open stream of the same or a higher weight (Chromium) and not on 0
         */
        public record Priority(boolean exclusive, int weight, boolean dependsOnPrevious) {}

        public record PriorityFrame(int stream, int dependsOn, boolean exclusive, int weight) {}

        /**
         * @param neverIndexed names sent as never-indexed literals
         * @param withoutIndexing names sent as literals without indexing
         * @param pathNameIndex static-table index that names {@code :path}: 4 or 5. 4: a name is referred to by its first
         *     entry in the static table ({@code :method} 2); 5: by its last ({@code :method} 3)
         * @param huffman when strings are Huffman-coded
         * @param cookieCrumbs one field per cookie pair (RFC 9113, 8.2.3)
         * @param neverIndexCookieShorterThan cookie crumbs shorter than that many bytes are never-indexed; 0: none
         */
        public record Hpack(
                List<String> neverIndexed,
                List<String> withoutIndexing,
                int pathNameIndex,
                Huffman huffman,
                boolean cookieCrumbs,
                int neverIndexCookieShorterThan) {}

        public enum Huffman {
            WHEN_SHORTER,
            ALWAYS
        }
    }

    /**
     * The header fields of every kind of request: order, casing and the browser's own values.
     *
     * @param http2 by kind, lower case names; {@link RequestKind#NAVIGATE} and {@link RequestKind#FETCH} are always there
     * @param http1 by kind, names cased as on the wire, Host and Connection included
     */
    public record HeaderShapes(Map<RequestKind, List<Field>> http2, Map<RequestKind, List<Field>> http1) {

        /** The fields of a kind; those of the nearest kind where the profile has none of its own. */
        public List<Field> fields(Protocol protocol, RequestKind kind) {
            Map<RequestKind, List<Field>> kinds = protocol == Protocol.H2 ? http2 : http1;
            List<Field> fields = kinds.get(kind);
            return fields != null || kind == kind.nearest()
                    ? Objects.requireNonNullElse(fields, List.of())
                    : fields(protocol, kind.nearest());
        }
    }

    /**
     * One header field in a browser's order.
     *
     * @param name as on the wire; {@link #OTHERS} marks the place of the fields that the browser would not send by itself
     * @param value what the browser sends by itself; empty: the place of a field that is only sent when the client has it
     *     (Cookie, Referer, Origin, Content-Type, …) or that follows from the request (Host, Content-Length)
     */
    public record Field(String name, String value) {
        public static final String OTHERS = "*";

        public boolean placeOnly() {
            return value.isEmpty();
        }
    }

    /**
     * What tools must say of a first connection; empty where it varies from connection to connection or is not known.
     *
     * @param ja3 MD5 hex, as {@code ja3n} (extensions sorted)
     * @param akamai HTTP/2 fingerprint text
     */
    public record Expected(String ja3, String ja3n, String ja4, String akamai) {}

    /** The ALPN list of the first hello. */
    public List<String> alpn() {
        return extension(16).map(e -> ((Extension.Protocols) e).protocols()).orElse(List.of());
    }

    public Optional<Extension> extension(int type) {
        return tls.extensions().stream().filter(e -> e.type() == type).findFirst();
    }
}
