package io.hotpool.server.intercept;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/** A certificate for one host, and the key that it is for. */
record Leaf(X509Certificate certificate, PrivateKey key) {

    /** True while clients with a right clock accept it. */
    boolean validAt(Instant now) {
        return !now.isBefore(notBefore()) && now.isBefore(notAfter());
    }

    /** True in the last third of its life: time for the next one. */
    boolean dueAt(Instant now) {
        Duration life = Duration.between(notBefore(), notAfter());
        return now.isAfter(notAfter().minus(life.dividedBy(3)));
    }

    private Instant notBefore() {
        return certificate.getNotBefore().toInstant();
    }

    private Instant notAfter() {
        return certificate.getNotAfter().toInstant();
    }
}
