package io.hotpool.pool.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.util.encoders.Hex;
import org.jspecify.annotations.Nullable;

/** The secrets of every connection in NSS key log format, for a packet analyser (RFC 9850). Thread-safe. */
final class KeyLog {
    private final @Nullable Path file;

    /** @param file appended to; null: nothing is written */
    KeyLog(@Nullable Path file) {
        this.file = file;
    }

    void write(String label, SecurityParameters parameters, BrowserCrypto crypto, @Nullable TlsSecret secret) {
        if (file == null || secret == null) {
            return;
        }
        append(label
                + ' '
                + Hex.toHexString(parameters.getClientRandom())
                + ' '
                + Hex.toHexString(crypto.copyOf(secret))
                + '\n');
    }

    private synchronized void append(String line) {
        try {
            Files.writeString(
                    Objects.requireNonNull(file),
                    line,
                    StandardCharsets.US_ASCII,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("key log " + file, e);
        }
    }
}
