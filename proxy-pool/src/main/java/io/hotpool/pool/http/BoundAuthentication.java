package io.hotpool.pool.http;

/**
 * NTLM and Negotiate authenticate the connection and not the request (RFC 4559, 6): whoever rides it next would be taken for
 * the one who logged in.
 */
public final class BoundAuthentication {
    private BoundAuthentication() {}

    /** Does the request log in that way? HTTP/2 cannot carry it: its connections are shared. */
    public static boolean asked(HeaderList request) {
        return names(request, "Authorization");
    }

    /** Does this exchange log in, or is it asked to? */
    public static boolean bindsConnection(RequestHead request, ResponseHead response) {
        return names(request.headers(), "Authorization") || offered(response);
    }

    /** Does the origin ask for a login of that kind? */
    public static boolean offered(ResponseHead response) {
        return names(response.headers(), "WWW-Authenticate");
    }

    private static boolean names(HeaderList headers, String field) {
        for (int i = 0; i < headers.size(); i++) {
            if (headers.name(i).equalsIgnoreCase(field)
                    && (scheme(headers.value(i), "NTLM") || scheme(headers.value(i), "Negotiate"))) {
                return true;
            }
        }
        return false;
    }

    private static boolean scheme(String value, String scheme) {
        return value.regionMatches(true, 0, scheme, 0, scheme.length())
                && (value.length() == scheme.length() || !Character.isLetterOrDigit(value.charAt(scheme.length())));
    }
}
