package io.hotpool.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells when files are others than before: written, replaced, appeared, gone. Looks when it is told to,
 * and reports a change once they have been still from one look to the next, so that nobody reads one half written.
 * Confined to one thread.
 */
final class FileWatch {
    /** @param identity changes when an editor replaces the file */
    private record State(Path file, long modified, long size, Object identity) {}

    private final Supplier<List<Path>> files;
    private List<State> reported;
    private List<State> seen;

    /** @param files asked at each look; those that do not exist are as good as not named */
    FileWatch(Supplier<List<Path>> files) {
        this.files = files;
        this.reported = look();
        this.seen = reported;
    }

    /** True once per change. */
    boolean changed() {
        List<State> now = look();
        boolean still = now.equals(seen);
        seen = now;
        if (!still || now.equals(reported)) {
            return false;
        }
        reported = now;
        return true;
    }

    private List<State> look() {
        return files.get().stream()
                .map(FileWatch::state)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<State> state(Path path) {
        try {
            BasicFileAttributes a = Files.readAttributes(path, BasicFileAttributes.class);
            Object identity = a.fileKey() == null ? "" : a.fileKey();
            return Optional.of(new State(path, a.lastModifiedTime().toMillis(), a.size(), identity));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
