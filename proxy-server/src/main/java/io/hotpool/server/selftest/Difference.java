package io.hotpool.server.selftest;

/**
 * One thing that an origin saw and that the profile promises otherwise.
 *
 * @param what {@code tls.cipher_suites}, {@code http2.settings}, …
 */
record Difference(String what, Object expected, Object seen) {}
