package io.hotpool.pool.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
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

    synchronized void append(String line) {
        try {
            Path target = Objects.requireNonNull(file);
            if (!Files.exists(target)) {
                create(target);
            }
            Files.writeString(target, line, StandardCharsets.US_ASCII, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("key log " + file, e);
        }
    }

    /** For nobody else's eyes. */
    private static void create(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
    }
}
