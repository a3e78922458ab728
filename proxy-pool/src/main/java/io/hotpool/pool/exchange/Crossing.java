package io.hotpool.pool.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The way of an exchange's answer from the shard's loop to the client's: what is passed in one turn of the one is one task of
 * the other, so that a small answer wakes that loop once and leaves in one write. Confined to the shard's loop.
 */
final class Crossing {
    private final EventLoop from;
    private final EventLoop to;
    private List<Step> waiting = new ArrayList<>();

    /** @param carried released when the other loop has ended */
    private record Step(Runnable task, @Nullable ByteBuf carried) {}

    Crossing(EventLoop from, EventLoop to) {
        this.from = from;
        this.to = to;
    }

    /** Ownership of {@code carried} passes. */
    void pass(Runnable task, @Nullable ByteBuf carried) {
        boolean first = waiting.isEmpty();
        waiting.add(new Step(task, carried));
        if (first) {
            atEndOfTurn();
        }
    }

    /** Nothing follows this. */
    void passLast(Runnable task) {
        waiting.add(new Step(task, null));
        cross();
    }

    private void atEndOfTurn() {
        try {
            from.execute(this::cross);
        } catch (RejectedExecutionException e) {
            cross();
        }
    }

    private void cross() {
        if (waiting.isEmpty()) {
            return;
        }
        List<Step> steps = waiting;
        waiting = new ArrayList<>();
        try {
            to.execute(() -> run(steps, 0));
        } catch (RejectedExecutionException e) {
            steps.forEach(Crossing::drop); // that loop has ended, and with it the client
        }
    }

    /** One that fails keeps none of the others from its turn. */
    private static void run(List<Step> steps, int first) {
        int next = first;
        try {
            while (next < steps.size()) {
                steps.get(next++).task.run();
            }
        } finally {
            if (next < steps.size()) {
                run(steps, next);
            }
        }
    }

    private static void drop(Step step) {
        if (step.carried != null) {
            step.carried.release();
        }
    }
}
