package io.hotpool.pool.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.PoolListener.LeaseMisuse;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Programs with leases in a random run: they send requests, close their leases, close them twice, and lose them. */
final class HeldByChance {
    private final SplittableRandom random;
    private final Shard shard;
    private final List<Held> held = new ArrayList<>();
    private final List<Held> over = new ArrayList<>(); // closed or lost, and not given back yet
    int leaked;
    int twice;

    interface Shard {
        void later(Runnable task);

        /** How many exchanges the connection works on has changed. */
        void changed(PooledConnection c);

        void release(PooledConnection c, boolean failed);
    }

    HeldByChance(SplittableRandom random, Shard shard) {
        this.random = random;
        this.shard = shard;
    }

    private final class Held implements LeaseRoom.Keeper {
        final PooledConnection c;
        final LeaseRoom room = new LeaseRoom(this);
        boolean busy;
        boolean closed;
        boolean back;

        Held(PooledConnection c) {
            this.c = c;
        }

        @Override
        public void onShard(Runnable task) {
            shard.later(task);
        }

        @Override
        public void giveBack(boolean failed) {
            assertThat(back).as("given back twice").isFalse();
            assertThat(busy).as("given back under a request").isFalse();
            assertThat(closed).as("given back while it is held").isTrue();
            back = true;
            over.remove(this);
            shard.release(c, failed);
        }

        @Override
        public void misused(LeaseMisuse misuse) {
            leaked += misuse == LeaseMisuse.LEAKED ? 1 : 0;
            twice += misuse == LeaseMisuse.RELEASED_TWICE ? 1 : 0;
        }

        void begin() {
            room.begin();
            busy = c.usable();
            if (busy) {
                shard.changed(c);
            } else {
                room.end(true); // as a request on a connection that takes no more of them
            }
        }

        void end(boolean failed) {
            busy = false;
            shard.changed(c);
            room.end(failed);
        }
    }

    void hold(PooledConnection c) {
        held.add(new Held(c));
    }

    /** Does something with one of them. */
    void act() {
        List<Held> all = random.nextInt(4) == 0 ? over : held;
        if (all.isEmpty()) {
            return;
        }
        Held one = all.get(random.nextInt(all.size()));
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                if (one.busy) {
                    one.end(random.nextBoolean());
                } else if (!one.closed) {
                    one.begin();
                }
            }
            case 2, 3 -> end(one, false);
            default -> end(one, true);
        }
    }

    private void end(Held one, boolean lost) {
        boolean first = !one.closed;
        int before = leaked + twice;
        if (first) {
            one.closed = true;
            held.remove(one);
            over.add(one);
        }
        if (lost) {
            one.room.lost();
        } else {
            one.room.close();
        }
        assertThat(leaked + twice - before).as("told of misuse").isEqualTo(first == lost ? 1 : 0);
    }

    /** How many of its exchanges are theirs. */
    int running(PooledConnection c) {
        return (int) java.util.stream.Stream.concat(held.stream(), over.stream())
                .filter(h -> h.c == c && h.busy)
                .count();
    }

    int size() {
        return held.size() + over.size();
    }

    /** The connection is gone, and what ran on it. */
    void died(PooledConnection c) {
        java.util.stream.Stream.concat(held.stream(), over.stream())
                .filter(h -> h.c == c && h.busy)
                .toList()
                .forEach(h -> h.end(true));
    }

    boolean any() {
        return !held.isEmpty() || !over.isEmpty();
    }

    /** Requests end, and what is still held is lost. */
    void finish() {
        for (Held one : List.copyOf(held)) {
            end(one, true);
        }
        for (Held one : List.copyOf(over)) {
            if (one.busy) {
                one.end(false);
            }
        }
    }
}
