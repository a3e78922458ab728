package io.hotpool.server.accesslog;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file to which lines are appended; it is opened anew when it was moved or deleted, as log rotation does. Owned by one
 * thread.
 */
public final class LineFile {
    private static final Logger LOG = LoggerFactory.getLogger(LineFile.class);
    private static final long CHECK_NANOS = 1_000_000_000;

    private final @Nullable Path path;
    private @Nullable BufferedWriter out;
    private @Nullable Object openedKey;
    private long checked = System.nanoTime();
    private boolean failing;

    private LineFile(@Nullable Path path, @Nullable BufferedWriter out) {
        this.path = path;
        this.out = out;
    }

    /** @throws IOException when it cannot be written, at the start */
    public static LineFile open(Path path) throws IOException {
        LineFile file = new LineFile(path, null);
        file.reopen(path);
        return file;
    }

    public static LineFile standardOutput() {
        PrintStream console = System.out;
        return new LineFile(null, new BufferedWriter(new OutputStreamWriter(console, StandardCharsets.UTF_8)));
    }

    String name() {
        return path == null ? "standard output" : path.toString();
    }

    /** False when it could not be written: told once in the log, and tried again with the next line. */
    boolean append(String line) {
        try {
            followRotation();
            if (out == null) {
                return false;
            }
            out.write(line);
            out.write('\n');
            failing = false;
            return true;
        } catch (IOException e) {
            return failed(e);
        }
    }

    void flush() {
        try {
            if (out != null) {
                out.flush();
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    void close() {
        flush();
        try {
            if (path != null && out != null) {
                out.close();
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    private void followRotation() throws IOException {
        long now = System.nanoTime();
        if (path == null || (out != null && now - checked < CHECK_NANOS)) {
            return;
        }
        checked = now;
        if (out == null || !Files.exists(path) || !key(path).equals(openedKey)) {
            reopen(path);
        }
    }

    private void reopen(Path file) throws IOException {
        if (out != null) {
            out.close();
            out = null;
        }
        if (file.getParent() != null) {
            Files.createDirectories(file.getParent());
        }
        out = Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        openedKey = key(file);
    }

    /** Inode and device; where there is no such thing the path itself, and rotation goes unnoticed. */
    private static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file : key;
    }

    private boolean failed(IOException e) {
        if (!failing) {
            LOG.warn("access log {} cannot be written: {}", name(), e.toString());
        }
        failing = true;
        return false;
    }
}
