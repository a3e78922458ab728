package io.hotpool.pool.exchange;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.github.luben.zstd.util.Native;
import org.jspecify.annotations.Nullable;

/** The content codings that can be undone here (RFC 9110, 8.4.1; RFC 7932; RFC 8878). */
final class ContentDecoders {
    private ContentDecoders() {}

    /** Null for a coding that is not known, or whose library does not run on this machine. */
    static @Nullable ContentDecoder of(String coding) {
        return switch (coding) {
            case "gzip", "x-gzip" -> new GzipDecoder();
            case "deflate" -> new DeflateDecoder();
            case "br" -> Brotli4jLoader.isAvailable() ? new BrotliDecoder() : null;
            case "zstd" -> zstdAvailable() ? new ZstdDecoder() : null;
            default -> null;
        };
    }

    private static boolean zstdAvailable() {
        try {
            Native.load();
            return Native.isLoaded();
        } catch (LinkageError e) {
            return false;
        }
    }
}
