package io.hotpool.pool.address;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where names are asked for: the system, or DNS servers. Answers on any thread. */
interface Lookup extends AutoCloseable {
    CompletionStage<Answer> ask(String name);

    /** The next question is not answered from a cache of its own. */
    default void forget(String name) {}

    @Override
    void close();

    /** @param ttl how long it may be kept; zero where the lookup keeps its own cache */
    record Answer(List<InetAddress> addresses, Duration ttl) {}
}
