package io.hotpool.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells when the configuration file is another one than before: written, replaced, appeared, gone. Looks when it is told to,
 * and reports a change once the file has been still from one look to the next, so that nobody reads it half written.
 * Confined to one thread.
 */
final class FileWatch {
    /** @param identity changes when an editor replaces the file */
    private record State(Path file, long modified, long size, Object identity) {}

    private final Supplier<Optional<Path>> file;
    private Optional<State> reported;
    private Optional<State> seen;

    FileWatch(Supplier<Optional<Path>> file) {
        this.file = file;
        this.reported = look();
        this.seen = reported;
    }

    /** True once per change. */
    boolean changed() {
        Optional<State> now = look();
        boolean still = now.equals(seen);
        seen = now;
        if (!still || now.equals(reported)) {
            return false;
        }
        reported = now;
        return true;
    }

    private Optional<State> look() {
        return file.get().flatMap(path -> {
            try {
                BasicFileAttributes a = Files.readAttributes(path, BasicFileAttributes.class);
                Object identity = a.fileKey() == null ? "" : a.fileKey();
                return Optional.of(new State(path, a.lastModifiedTime().toMillis(), a.size(), identity));
            } catch (IOException e) {
                return Optional.empty();
            }
        });
    }
}
