package io.hotpool.pool.tls;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.zip.InflaterInputStream;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.brotli.dec.BrotliInputStream;
import org.jspecify.annotations.Nullable;

/** CompressedCertificate (RFC 8879, section 4). */
final class CompressedCertificate {
    static final int ZLIB = 1;
    static final int BROTLI = 2;
    static final int ZSTD = 3;
    /** Largest Certificate message that is accepted, compressed or not. */
    static final int LIMIT = 256 * 1024;

    /** Largest zstd window, as a power of two: 8 MiB (RFC 8878, 3.1.1.1.2). */
    private static final int WINDOW_LOG = 23;

    private CompressedCertificate() {}

    /**
     * The Certificate message inside.
     *
     * @param offered the algorithms of the hello
     * @throws TlsFatalAlert bad_certificate when the algorithm was not offered, or the content is not exactly as long as it
     *     says; no more than the declared length is ever inflated
     */
    static byte[] decode(byte[] message, Set<Integer> offered) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(message);
        int algorithm = TlsUtils.readUint16(in);
        int length = TlsUtils.readUint24(in);
        byte[] compressed = TlsUtils.readOpaque24(in, 1);
        if (in.available() > 0) {
            throw new TlsFatalAlert(AlertDescription.decode_error);
        }
        if (!offered.contains(algorithm)) {
            throw refuse("compressed with algorithm " + algorithm + ", which was not offered", null);
        }
        if (length == 0 || length > LIMIT) {
            throw refuse("of " + length + " bytes (at most " + LIMIT + ")", null);
        }
        return inflate(algorithm, compressed, length);
    }

    private static byte[] inflate(int algorithm, byte[] compressed, int length) throws TlsFatalAlert {
        byte[] plain = new byte[length];
        try (InputStream in = open(algorithm, new ByteArrayInputStream(compressed))) {
            if (in.readNBytes(plain, 0, length) != length || in.read() != -1) {
                throw refuse("that is not as long as it says", null);
            }
            return plain;
        } catch (TlsFatalAlert e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw refuse("that cannot be decompressed", e);
        }
    }

    private static InputStream open(int algorithm, InputStream compressed) throws IOException {
        return switch (algorithm) {
            case ZLIB -> new InflaterInputStream(compressed);
            case BROTLI -> new BrotliInputStream(compressed);
            case ZSTD -> {
                ZstdInputStreamNoFinalizer zstd = new ZstdInputStreamNoFinalizer(compressed);
                zstd.setLongMax(WINDOW_LOG);
                yield zstd;
            }
            default -> throw refuse("compressed with algorithm " + algorithm, null);
        };
    }

    private static TlsFatalAlert refuse(String what, @Nullable Throwable cause) {
        return new TlsFatalAlert(AlertDescription.bad_certificate, "a certificate " + what, cause);
    }
}
