package io.hotpool.server.selftest;

import io.netty.util.AttributeKey;
import java.io.ByteArrayOutputStream;

/** What was seen of one connection so far. Confined to its loop. */
final class Sighting {
    static final AttributeKey<Sighting> KEY = AttributeKey.valueOf(Sighting.class, "sighting");

    /** TLS records of the first ClientHello. */
    final ByteArrayOutputStream hello = new ByteArrayOutputStream();

    /** HTTP/2 frames up to the first HEADERS, and what came with them. */
    final ByteArrayOutputStream opening = new ByteArrayOutputStream();

    /** The server's first record said that it takes the ticket up. */
    boolean resumed;

    int requests;
}
