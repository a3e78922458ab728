package io.hotpool.server.route;

import io.hotpool.pool.http.HeaderList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The hotpools that a tunnel came through, by the names that they give themselves in the Via of their CONNECT (RFC 9110,
 * 7.6.3), or in the method of SOCKS that is theirs.
 */
public record Trail(List<String> names) {
    public static final Trail NONE = new Trail(List.of());

    private static final Pattern NAME = Pattern.compile("hotpool-[0-9a-f]{16}");

    /** A chain of that length is one by mistake; it fits into the 255 bytes of SOCKS. */
    private static final int LONGEST = 8;

    public Trail {
        names = List.copyOf(names);
    }

    public static Trail of(HeaderList headers) {
        return headers.contains("Via") ? parse(String.join(",", headers.getAll("Via"))) : NONE;
    }

    public static Trail parse(String via) {
        return new Trail(NAME.matcher(via).results().map(MatchResult::group).toList());
    }

    public boolean isEmpty() {
        return names.isEmpty();
    }

    /** Would it go round for ever? */
    public boolean loops(String ownName) {
        return names.contains(ownName) || names.size() >= LONGEST;
    }

    /** As the field's value, for the next one; empty for none. */
    public String via() {
        return isEmpty() ? "" : "1.1 " + String.join(", 1.1 ", names);
    }
}
