package io.hotpool.pool.shard;

import io.hotpool.pool.profile.BrowserProfile;
import java.util.List;
import java.util.Map;

/** The least that makes a profile, where its look is of no matter. */
public final class TestProfiles {
    private TestProfiles() {}

    public static BrowserProfile named(String name) {
        return new BrowserProfile(
                name,
                "test",
                "1",
                "linux",
                List.of(),
                new BrowserProfile.Provenance("", "", List.of(), List.of()),
                new BrowserProfile.TlsShape(
                        List.of(),
                        List.of(new BrowserProfile.Extension.Protocols(16, List.of("h2", "http/1.1"))),
                        false,
                        false,
                        32,
                        BrowserProfile.TlsShape.TLS10,
                        Map.of()),
                new BrowserProfile.Http2Shape(
                        List.of(),
                        0,
                        0,
                        1,
                        List.of(":method", ":authority", ":scheme", ":path"),
                        Map.of(),
                        List.of(),
                        new BrowserProfile.Http2Shape.Hpack(
                                List.of(), List.of(), 4, BrowserProfile.Http2Shape.Huffman.WHEN_SHORTER, false, 0)),
                new BrowserProfile.HeaderShapes(Map.of(), Map.of()),
                new BrowserProfile.Expected("", "", "", ""));
    }
}
