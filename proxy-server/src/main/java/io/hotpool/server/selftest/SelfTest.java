package io.hotpool.server.selftest;

import io.hotpool.pool.HotPool;
import io.hotpool.pool.http.Origin;

/**
 * The built-in host's way out: an origin inside the process, and a pool of its own that trusts that origin's root alone, so
 * that self-tests run the same code as any request without counting in statistics or caps.
 */
public interface SelfTest extends AutoCloseable {
    /** Where a self-test request goes: https, {@code hotpool.internal}, a loopback port. */
    Origin origin();

    HotPool pool();

    /** The origin's path that answers with what it saw, beside what the profile promises. */
    String path(String profile);

    @Override
    void close();
}
