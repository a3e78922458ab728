package io.hotpool.pool.tls;

import java.io.ByteArrayOutputStream;

/** Builds TLS structures (RFC 8446, section 3): big-endian numbers and vectors with their length in front. */
final class WireOutput {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);

    WireOutput u8(int value) {
        bytes.write(value);
        return this;
    }

    WireOutput u16(int value) {
        bytes.write(value >>> 8);
        bytes.write(value);
        return this;
    }

    WireOutput u24(int value) {
        bytes.write(value >>> 16);
        return u16(value);
    }

    WireOutput u32(long value) {
        return u16((int) (value >>> 16)).u16((int) value);
    }

    WireOutput raw(byte[] data) {
        bytes.writeBytes(data);
        return this;
    }

    WireOutput vector8(byte[] data) {
        return u8(data.length).raw(data);
    }

    WireOutput vector16(byte[] data) {
        return u16(data.length).raw(data);
    }

    int size() {
        return bytes.size();
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
