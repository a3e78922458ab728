package io.hotpool.pool.exchange;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseHead;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which responses have to be decoded for their client, and what their head says then. Pure. */
final class DecodedHead {
    /** Describe the coded bytes, and are wrong for the decoded ones. */
    private static final List<String> OF_CODED_BYTES =
            List.of("Content-Encoding", "Content-Length", "Content-MD5", "Content-Digest", "Repr-Digest", "Digest");

    private DecodedHead() {}

    /**
     * The one coding to undo, lower case; null when there is nothing to do. Parts of a representation (206) are left alone.
     *
     * @param added codings that the client did not offer
     */
    static @Nullable String coding(ResponseHead head, Set<String> added) {
        if (added.isEmpty() || head.status() == 206) {
            return null;
        }
        String coding = head.headers().get("Content-Encoding");
        String name = coding == null ? "" : coding.strip().toLowerCase(Locale.ROOT);
        return added.contains(name.equals("x-gzip") ? "gzip" : name) ? name : null;
    }

    static ResponseHead without(ResponseHead head) {
        HeaderList headers = head.headers().copy();
        headers.removeIf((name, value) -> OF_CODED_BYTES.stream().anyMatch(name::equalsIgnoreCase));
        String tag = headers.get("ETag");
        if (tag != null && !tag.startsWith("W/")) {
            headers.set("ETag", "W/" + tag); // RFC 9110, 8.8.1: no longer byte for byte the same
        }
        return head.withHeaders(headers, head.bodyLength() == 0 ? 0 : RequestHead.UNKNOWN_LENGTH);
    }
}
