package io.hotpool.pool.profile;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestKind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a browser would be doing when it sent such a request, by the client's own fields. A client that says nothing, like
 * curl, is a person who typed the address.
 */
public final class RequestClassifier {
    /** Where browsers look for the icon of a site that names none (HTML, 4.6.7.8). */
    private static final String ICON = "/favicon.ico";

    private RequestClassifier() {}

    /**
     * @param path and query
     * @param headers as the client sent them
     * @param upgrade token of an HTTP/1.1 upgrade, or empty
     */
    public static RequestKind classify(
            String method, String path, HeaderList headers, boolean hasBody, String upgrade) {
        RequestKind kind = classify(method, headers, hasBody, upgrade);
        return kind == RequestKind.IMAGE && path.equals(ICON) ? RequestKind.ICON : kind;
    }

    private static RequestKind classify(String method, HeaderList headers, boolean hasBody, String upgrade) {
        if (upgrade.equalsIgnoreCase("websocket")) {
            return RequestKind.WEBSOCKET;
        }
        if (method.equals("OPTIONS") && headers.contains("Access-Control-Request-Method")) {
            return RequestKind.PREFLIGHT;
        }
        RequestKind told = byFetchMetadata(headers, hasBody);
        if (told != null) {
            return told;
        }
        if (headers.containsToken("X-Requested-With", "XMLHttpRequest")) {
            return RequestKind.XHR;
        }
        return switch (method) {
            case "GET", "HEAD" -> hasBody ? RequestKind.FETCH : byAccept(headers);
            case "POST" -> submitsForm(headers) ? RequestKind.FORM : RequestKind.FETCH;
            default -> RequestKind.FETCH;
        };
    }

    /** Sec-Fetch-Dest and Sec-Fetch-Mode (Fetch Metadata, 2); null when the client has neither. */
    private static @Nullable RequestKind byFetchMetadata(HeaderList headers, boolean hasBody) {
        RequestKind script =
                headers.containsToken("X-Requested-With", "XMLHttpRequest") ? RequestKind.XHR : RequestKind.FETCH;
        String destination = headers.get("Sec-Fetch-Dest");
        if (destination != null) {
            return switch (destination) {
                case "document" -> hasBody ? RequestKind.FORM : RequestKind.NAVIGATE;
                case "iframe", "frame", "embed", "object", "fencedframe" -> RequestKind.IFRAME;
                case "style" -> RequestKind.STYLE;
                case "script", "worker", "sharedworker", "serviceworker", "audioworklet", "paintworklet" ->
                    RequestKind.SCRIPT;
                case "image" -> RequestKind.IMAGE;
                case "font" -> RequestKind.FONT;
                case "audio", "video", "track" -> RequestKind.MEDIA;
                default -> script;
            };
        }
        String mode = headers.get("Sec-Fetch-Mode");
        if (mode == null) {
            return null;
        }
        return !mode.equals("navigate") ? script : hasBody ? RequestKind.FORM : RequestKind.NAVIGATE;
    }

    private static RequestKind byAccept(HeaderList headers) {
        String accept = headers.get("Accept");
        if (accept == null || accept.isBlank() || accept.strip().equals("*/*")) {
            return asksLikeAScript(headers) ? RequestKind.FETCH : RequestKind.NAVIGATE;
        }
        String types = accept.toLowerCase(Locale.ROOT);
        if (types.contains("text/html")) {
            return RequestKind.NAVIGATE;
        }
        String first = types.split("[,;]", 2)[0].strip();
        if (first.equals("text/css")) {
            return RequestKind.STYLE;
        }
        return switch (first.split("/", 2)[0]) {
            case "image" -> RequestKind.IMAGE;
            case "font" -> RequestKind.FONT;
            case "video", "audio" -> RequestKind.MEDIA;
            default -> RequestKind.FETCH;
        };
    }

    /** A navigation by GET has neither Origin nor Content-Type. */
    private static boolean asksLikeAScript(HeaderList headers) {
        return headers.contains("Origin") || headers.contains("Content-Type");
    }

    /** The content types that a form can have (HTML, 4.10.21.3), unless the client wants no document back. */
    private static boolean submitsForm(HeaderList headers) {
        String type = headers.get("Content-Type");
        if (type == null) {
            return false;
        }
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        boolean form = media.equals("application/x-www-form-urlencoded") || media.equals("multipart/form-data");
        String accept = headers.get("Accept");
        return form && (accept == null || accept.strip().equals("*/*") || accept.contains("text/html"));
    }
}
