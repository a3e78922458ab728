package io.hotpool.pool.http1;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import org.jspecify.annotations.Nullable;

/**
 * Collects field lines into a list, as lenient as browsers are with responses and as strict as a forwarder must be: obs-fold
 * is joined with one space (RFC 9112, 5.2), white space before the colon is taken off (5.1), a lone CR becomes a space, a
 * line without a colon or with a name that is not a token is left out, NUL is refused.
 */
final class FieldLines {
    private HeaderList fields = new HeaderList();
    private @Nullable String name;
    private String value = "";

    void add(String line) {
        if (line.indexOf('\0') >= 0) {
            throw Fault.of(FaultKind.UPSTREAM_PROTOCOL, "NUL in a response field");
        }
        char first = line.charAt(0);
        if (first == ' ' || first == '\t') {
            value = (value + " " + trim(line, 0)).trim();
            return;
        }
        finishField();
        int colon = line.indexOf(':');
        String candidate = colon < 0 ? "" : trim(line, 0, colon);
        if (Tokens.isToken(candidate)) {
            name = candidate;
            value = trim(line, colon + 1);
        }
    }

    /** What was collected; starts anew. */
    HeaderList take() {
        finishField();
        HeaderList done = fields;
        fields = new HeaderList();
        return done;
    }

    private void finishField() {
        if (name != null) {
            fields.add(name, value.indexOf('\r') < 0 ? value : value.replace('\r', ' '));
        }
        name = null;
        value = "";
    }

    /** Without SP and HTAB at both ends (RFC 9110, 5.6.3). */
    private static String trim(String s, int from) {
        return trim(s, from, s.length());
    }

    private static String trim(String s, int from, int to) {
        int end = to;
        while (from < end && blank(s.charAt(from))) {
            from++;
        }
        while (end > from && blank(s.charAt(end - 1))) {
            end--;
        }
        return s.substring(from, end);
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }
}
