package io.hotpool.pool.http2;

import io.hotpool.pool.profile.BrowserProfile.Http2Shape.Upkeep;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** PINGs that were sent and by whom an answer is awaited. Each is told once. Owned by the connection's loop. */
final class Pings {
    private final EventLoop loop;
    private final Map<Long, Consumer<Boolean>> awaited = new LinkedHashMap<>();
    private final Upkeep upkeep;
    private long next = 1;

    Pings(EventLoop loop, Upkeep upkeep) {
        this.loop = loop;
        this.upkeep = upkeep;
    }

    /** The payload of a PING whose answer is awaited for so long. */
    long sent(long timeoutNanos, Consumer<Boolean> answer) {
        long payload = upkeep.zeroPings() ? 0 : next++;
        awaited.merge(payload, answer, Consumer::andThen);
        loop.schedule(() -> answer(payload, false), timeoutNanos, TimeUnit.NANOSECONDS);
        return payload;
    }

    /** The payload of a PING with which a browser looks after a connection that has been quiet; one at a time. */
    OptionalLong afterQuiet(long quietNanos) {
        long patience = TimeUnit.SECONDS.toNanos(upkeep.pingSeconds());
        return patience == 0 || quietNanos < patience || !awaited.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(sent(patience, alive -> {}));
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
