package io.hotpool.server.config;

import java.nio.file.Path;

/**
 * Where a value was written.
 *
 * @param source a file's path, {@code HOTPOOL_POOL_MIN_HOT}, {@code --set}, {@code default}
 * @param line from 1; 0 where the source has no lines
 * @param base folder that relative paths are relative to
 */
public record Place(String source, int line, Path base) {
    public static final Place DEFAULT = new Place("default", 0, Path.of(""));

    static Place file(Path file, int line) {
        Path folder = file.toAbsolutePath().getParent();
        return new Place(file.toString(), line, folder == null ? Path.of("") : folder);
    }

    static Place outside(String source) {
        return new Place(source, 0, Path.of(""));
    }

    Place atLine(int line) {
        return this.line == 0 ? this : new Place(source, line, base);
    }

    /** {@code hotpool.toml:12}, {@code --set}. */
    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line;
    }
}
