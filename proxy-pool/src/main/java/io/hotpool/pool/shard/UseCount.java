package io.hotpool.pool.shard;

import java.util.ArrayList;
import java.util.List;

/** How many exchanges and leases a shard has under way, and who waits for the last to end. Confined to the shard's loop. */
final class UseCount {
    private final List<Runnable> waiting = new ArrayList<>();
    private int underWay;

    void started() {
        underWay++;
    }

    void ended() {
        underWay--;
        if (underWay == 0) {
            List<Runnable> told = List.copyOf(waiting);
            waiting.clear();
            told.forEach(Runnable::run);
        }
    }

    /** As soon as nothing is under way. */
    void whenNone(Runnable action) {
        if (underWay == 0) {
            action.run();
        } else {
            waiting.add(action);
        }
    }
}
