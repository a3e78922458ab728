package io.hotpool.server.capture;

import io.hotpool.server.learn.SeenRequest;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** What one connection sent. Confined to the capture's loop. */
final class Recording {
    private static final int LONGEST = 1024 * 1024;

    /** TLS records of the first ClientHello; empty for a connection without TLS. */
    byte[] hello = {};

    /** Of the one after a HelloRetryRequest. */
    byte[] secondHello = {};

    /** First label of the name that was asked for: what the connection is for. */
    String label = "";

    /** A connection to the same name was ended without an answer just before. */
    boolean retried;

    int requests;

    /** Decrypted bytes of an HTTP/2 connection, from its preface on. */
    final ByteArrayOutputStream http2 = new ByteArrayOutputStream();

    final List<SeenRequest> http1 = new ArrayList<>();

    void keep(byte[] bytes) {
        if (http2.size() + bytes.length <= LONGEST) {
            http2.writeBytes(bytes);
        }
    }
}
