package io.hotpool.server.frontend;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The client connections that are open, and how many exchanges and tunnels are under way. Thread-safe. */
final class OpenClients {
    private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger exchanges = new AtomicInteger();

    /** False when there are {@code max} already; then the connection is not counted. */
    boolean add(ClientConnection client, int max) {
        if (count.incrementAndGet() > max) {
            count.decrementAndGet();
            return false;
        }
        open.add(client);
        return true;
    }

    void remove(ClientConnection client) {
        if (open.remove(client)) {
            count.decrementAndGet();
        }
    }

    int connections() {
        return count.get();
    }

    void exchangeStarted() {
        exchanges.incrementAndGet();
    }

    void exchangeEnded() {
        exchanges.decrementAndGet();
    }

    int exchanges() {
        return exchanges.get();
    }

    /** Tells each one, on its loop. */
    void drainAll() {
        open.forEach(client -> client.loop().execute(client::drain));
    }

    void closeAll() {
        open.forEach(client -> client.channel().close());
    }
}
