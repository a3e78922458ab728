package io.hotpool.pool.connect;

import io.hotpool.pool.fingerprint.AkamaiHttp2;
import io.hotpool.pool.fingerprint.ClientHello;
import io.hotpool.pool.fingerprint.ClientHelloParser;
import io.hotpool.pool.fingerprint.Http2Opening;
import io.hotpool.pool.fingerprint.Ja3;
import io.hotpool.pool.fingerprint.Ja4;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.profile.BrowserProfile.Http2Shape;
import io.hotpool.pool.tls.TlsFacts;
import org.jspecify.annotations.Nullable;

/** How the opening of a connection looks to those who put names to it; empty for what was not sent. */
record SentFingerprint(String ja3, String ja4, String akamai) {
    private static final SentFingerprint NONE = new SentFingerprint("", "", "");

    static SentFingerprint of(@Nullable TlsFacts facts, Protocol protocol, Http2Shape shape) {
        if (facts == null) {
            return NONE;
        }
        ClientHello hello = ClientHelloParser.parse(facts.clientHello());
        return new SentFingerprint(Ja3.md5(hello), Ja4.text(hello), protocol == Protocol.H2 ? akamai(shape) : "");
    }

    private static String akamai(Http2Shape shape) {
        return AkamaiHttp2.text(
                shape.settings().stream()
                        .map(s -> new Http2Opening.Setting(s.id(), s.value()))
                        .toList(),
                shape.connectionWindowUpdate(),
                shape.priorityFrames().stream()
                        .map(p -> new Http2Opening.Priority(p.stream(), p.exclusive(), p.dependsOn(), p.weight()))
                        .toList(),
                shape.pseudoHeaders());
    }
}
