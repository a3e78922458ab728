package io.hotpool.server.cli;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a log, packed or not. Any bytes are read: what is not UTF-8 is replaced, and of a line that never ends the
 * beginning is kept. Confined to one thread.
 */
final class LogLines implements Closeable {
    static final int LONGEST = 64 * 1024;

    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;

    private final InputStream in;
    private final byte[] read = new byte[1 << 16];
    private final byte[] line = new byte[LONGEST];
    private int at;
    private int end;

    private LogLines(InputStream in) {
        this.in = in;
    }

    /** Packed is what begins as gzip does, whatever it is called. */
    static LogLines of(InputStream bytes) throws IOException {
        BufferedInputStream in = new BufferedInputStream(bytes, 1 << 16);
        in.mark(2);
        boolean packed = in.read() == GZIP_FIRST && in.read() == GZIP_SECOND;
        in.reset();
        return new LogLines(packed ? new GZIPInputStream(in, 1 << 16) : in);
    }

    /** Without its end; null after the last one. */
    @Nullable
    String next() throws IOException {
        int length = 0;
        boolean any = false;
        while (fill()) {
            any = true;
            int newline = at;
            while (newline < end && read[newline] != '\n') {
                newline++;
            }
            int kept = Math.min(newline - at, LONGEST - length);
            System.arraycopy(read, at, line, length, kept);
            length += kept;
            at = newline + 1;
            if (newline < end) {
                break;
            }
        }
        return any ? text(length) : null;
    }

    private boolean fill() throws IOException {
        if (at < end) {
            return true;
        }
        at = 0;
        end = Math.max(0, in.read(read));
        return end > 0;
    }

    private String text(int length) {
        int shown = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        return new String(line, 0, shown, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
