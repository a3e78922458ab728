package io.hotpool.pool.exchange;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.github.luben.zstd.util.Native;
import io.hotpool.pool.fault.Fault;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The content codings that can be undone here (RFC 9110, 8.4.1; RFC 7932; RFC 8878). */
final class ContentDecoders {
    /** Codings around one body; curl draws the same line. */
    static final int MOST = 5;

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

    /**
     * One decoder for codings that lie around each other.
     *
     * @param codings the outermost first, at least one
     * @throws Fault when one of them cannot be undone, or when there are more than {@link #MOST}
     */
    static ContentDecoder of(List<String> codings) {
        if (codings.size() > MOST) {
            throw ContentDecoder.broken("in at most " + MOST + " content codings", null);
        }
        ContentDecoder chain = null;
        for (String coding : codings) {
            ContentDecoder decoder = of(coding);
            if (decoder == null) {
                if (chain != null) {
                    chain.close();
                }
                throw ContentDecoder.broken(coding + " that this machine can decode", null);
            }
            chain = chain == null ? decoder : new ChainedDecoder(chain, decoder);
        }
        assert chain != null;
        return chain;
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
