package io.hotpool.wire.soak;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32;

/**
 * One request of the soak: its answer is known beforehand, each line of it names the request and the host whose connection
 * carried it. So is what the origin says of the body that it got.
 *
 * @param size of the answer's body
 * @param upload bytes of the request's body; 0: a GET
 */
record Ask(String id, Host host, int size, int upload) {
    /** @param port of all its addresses */
    record Host(String name, String scheme, int port) {
        String authority() {
            return name + ":" + port;
        }
    }

    boolean post() {
        return upload > 0;
    }

    String method() {
        return post() ? "POST" : "GET";
    }

    String path() {
        return "/" + id + "?size=" + size;
    }

    String url() {
        return host.scheme() + "://" + host.authority() + path();
    }

    byte[] answer() {
        return answer(id, host.name(), size);
    }

    static byte[] answer(String id, String host, int size) {
        byte[] line = (id + " " + host + "\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] body = new byte[size];
        for (int at = 0; at < size; at += line.length) {
            System.arraycopy(line, 0, body, at, Math.min(line.length, size - at));
        }
        return body;
    }

    byte[] body() {
        byte[] body = new byte[upload];
        new Random(id.hashCode()).nextBytes(body);
        return body;
    }

    /** What an origin that got all of the body, in order, says of it. */
    String receipt() {
        CRC32 sum = new CRC32();
        sum.update(body());
        return receipt(upload, sum);
    }

    static String receipt(long bytes, CRC32 sum) {
        return bytes + "-" + Long.toHexString(sum.getValue());
    }
}
