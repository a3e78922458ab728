package io.hotpool.pool.maintenance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Has a file been written since it was looked at last? One that is not there counts as one of the epoch. */
final class FileStamp {
    private final Path file;
    private long written;

    FileStamp(Path file) {
        this.file = file;
        this.written = read();
    }

    boolean changed() {
        long before = written;
        written = read();
        return written != before;
    }

    private long read() {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            return 0;
        }
    }
}
