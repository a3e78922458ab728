package io.hotpool.pool.fingerprint;

import java.util.Arrays;

/** Reads big-endian numbers and length-prefixed vectors from a part of an array, and never beyond that part. */
final class ByteReader {
    private final byte[] bytes;
    private final int end;
    private int at;

    ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private ByteReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    boolean hasMore() {
        return at < end;
    }

    int left() {
        return end - at;
    }

    int u8(String what) {
        return number(1, what);
    }

    int u16(String what) {
        return number(2, what);
    }

    int u24(String what) {
        return number(3, what);
    }

    long u32(String what) {
        return number(4, what) & 0xffff_ffffL;
    }

    private int number(int size, String what) {
        need(size, what);
        int value = 0;
        for (int i = 0; i < size; i++) {
            value = value << 8 | bytes[at++] & 0xff;
        }
        return value;
    }

    byte[] take(int length, String what) {
        need(length, what);
        byte[] taken = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return taken;
    }

    /** The next {@code length} bytes as a reader of their own. */
    ByteReader part(int length, String what) {
        need(length, what);
        ByteReader part = new ByteReader(bytes, at, at + length);
        at += length;
        return part;
    }

    ByteReader vector8(String what) {
        return part(u8(what), what);
    }

    ByteReader vector16(String what) {
        return part(u16(what), what);
    }

    byte[] rest() {
        return take(left(), "");
    }

    void end(String what) {
        if (hasMore()) {
            throw new MalformedInputException(what + ": " + left() + " bytes too many");
        }
    }

    private void need(int length, String what) {
        if (length > end - at) {
            throw new MalformedInputException(what + ": " + length + " bytes needed, " + (end - at) + " there");
        }
    }
}
