package io.hotpool.pool.fingerprint;

import java.util.List;
import java.util.stream.Collectors;

/** The HTTP/2 fingerprint as Akamai described it: {@code settings|window update|priority frames|pseudo-header order}. */
public final class AkamaiHttp2 {
    private AkamaiHttp2() {}

    public static String text(Http2Opening opening) {
        return text(opening.settings(), opening.windowUpdate(), opening.priorityFrames(), opening.pseudoHeaders());
    }

    /** @param windowUpdate 0: none was sent */
    public static String text(
            List<Http2Opening.Setting> settings,
            long windowUpdate,
            List<Http2Opening.Priority> priorityFrames,
            List<String> pseudoHeaders) {
        return String.join(
                "|",
                settings.stream().map(s -> s.id() + ":" + s.value()).collect(Collectors.joining(";")),
                windowUpdate == 0 ? "00" : Long.toString(windowUpdate),
                priorityFrames.isEmpty()
                        ? "0"
                        : priorityFrames.stream().map(AkamaiHttp2::priority).collect(Collectors.joining(",")),
                pseudoHeaders.stream().map(n -> n.substring(1, 2)).collect(Collectors.joining(",")));
    }

    public static String md5(Http2Opening opening) {
        return Hashes.md5(text(opening));
    }

    private static String priority(Http2Opening.Priority p) {
        return p.stream() + ":" + (p.exclusive() ? 1 : 0) + ":" + p.dependsOn() + ":" + p.weight();
    }
}
