package io.hotpool.pool.exchange;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseHead;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which responses have to be decoded for their client, and what their head says then. Pure. */
final class DecodedHead {
    /** Describe the coded bytes, and are wrong for the decoded ones. */
    private static final List<String> OF_CODED_BYTES =
            List.of("Content-Encoding", "Content-Length", "Content-MD5", "Content-Digest", "Repr-Digest", "Digest");

    private DecodedHead() {}

    /**
     * The content codings of a body (RFC 9110, 8.4), lower case.
     *
     * @param undone those that have to be undone, the one that was applied last first; empty: there is nothing to do
     * @param left those below them, which the client gets as they are, in the order they were applied
     */
    record Codings(List<String> undone, List<String> left) {
        private static final Codings AS_SENT = new Codings(List.of(), List.of());
    }

    /**
     * A coding that the client did not offer is undone with all that lie around it. Parts of a representation (206) are left
     * alone.
     *
     * @param added codings that the client did not offer
     */
    static Codings codings(ResponseHead head, Set<String> added) {
        if (added.isEmpty() || head.status() == 206) {
            return Codings.AS_SENT;
        }
        List<String> applied = applied(head.headers());
        int innermost = 0;
        while (innermost < applied.size() && !added.contains(applied.get(innermost))) {
            innermost++;
        }
        List<String> undone = new ArrayList<>(applied.subList(innermost, applied.size()));
        Collections.reverse(undone);
        return undone.isEmpty() ? Codings.AS_SENT : new Codings(undone, applied.subList(0, innermost));
    }

    /** In the order of their application; {@code x-gzip} is another name of {@code gzip}, {@code identity} none. */
    private static List<String> applied(HeaderList headers) {
        List<String> applied = new ArrayList<>();
        for (String field : headers.getAll("Content-Encoding")) {
            for (String item : field.toLowerCase(Locale.ROOT).split(",")) {
                String name = item.strip();
                if (!name.isEmpty() && !name.equals("identity")) {
                    applied.add(name.equals("x-gzip") ? "gzip" : name);
                }
            }
        }
        return applied;
    }

    static ResponseHead without(ResponseHead head, Codings codings) {
        HeaderList headers = head.headers().copy();
        headers.removeIf((name, value) -> OF_CODED_BYTES.stream().anyMatch(name::equalsIgnoreCase));
        if (!codings.left().isEmpty()) {
            headers.add("Content-Encoding", String.join(", ", codings.left()));
        }
        String tag = headers.get("ETag");
        if (tag != null && !tag.startsWith("W/")) {
            headers.set("ETag", "W/" + tag); // RFC 9110, 8.8.1: no longer byte for byte the same
        }
        return head.withHeaders(headers, head.bodyLength() == 0 ? 0 : RequestHead.UNKNOWN_LENGTH);
    }
}
