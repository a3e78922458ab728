package io.hotpool.pool.http2;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** PINGs that were sent and by whom an answer is awaited. Each is told once. Owned by the connection's loop. */
final class Pings {
    private final EventLoop loop;
    private final Map<Long, Consumer<Boolean>> awaited = new LinkedHashMap<>();
    private long next = 1;

    Pings(EventLoop loop) {
        this.loop = loop;
    }

    /** The payload of a PING whose answer is awaited for so long. */
    long sent(long timeoutNanos, Consumer<Boolean> answer) {
        long payload = next++;
        awaited.put(payload, answer);
        loop.schedule(() -> answer(payload, false), timeoutNanos, TimeUnit.NANOSECONDS);
        return payload;
    }

    void answer(long payload, boolean alive) {
        Consumer<Boolean> answer = awaited.remove(payload);
        if (answer != null) {
            answer.accept(alive);
        }
    }

    /** The connection has ended: nothing answers any more. */
    void close() {
        new ArrayList<>(awaited.keySet()).forEach(payload -> answer(payload, false));
    }
}
