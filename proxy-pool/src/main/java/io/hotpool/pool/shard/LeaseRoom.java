package io.hotpool.pool.shard;

import io.hotpool.pool.PoolListener.LeaseMisuse;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a held lease has of a connection: given back exactly once, when the lease was closed or lost and no request is under way
 * on it. Any thread, where nothing else is said.
 */
public final class LeaseRoom {
    private final Keeper keeper;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean busy = new AtomicBoolean();
    private boolean failed; // the shard's
    private boolean givenBack; // the shard's

    /** Where it is given back to. */
    public interface Keeper {
        /** Runs it on the shard's loop, later. */
        void onShard(Runnable task);

        /** Called once, on the shard's loop. @param failed a request on it ended with a fault */
        void giveBack(boolean failed);

        void misused(LeaseMisuse misuse);
    }

    public LeaseRoom(Keeper keeper) {
        this.keeper = keeper;
    }

    /** A request begins. @throws IllegalStateException the lease was closed, or has a request under way */
    public void begin() {
        if (closed.get()) {
            throw new IllegalStateException("the lease was given back");
        }
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException("another request is under way on this lease");
        }
    }

    /** The request is over. On the shard's loop. */
    public void end(boolean withFault) {
        failed |= withFault;
        busy.set(false);
        if (closed.get()) {
            giveBack();
        }
    }

    public void close() {
        if (closed.compareAndSet(false, true)) {
            keeper.onShard(this::giveBackUnlessBusy);
        } else {
            keeper.misused(LeaseMisuse.RELEASED_TWICE);
        }
    }

    /** Nobody can close it any more. Does nothing when it was closed. */
    public void lost() {
        if (closed.compareAndSet(false, true)) {
            keeper.misused(LeaseMisuse.LEAKED);
            keeper.onShard(this::giveBackUnlessBusy);
        }
    }

    private void giveBackUnlessBusy() {
        if (!busy.get()) {
            giveBack();
        }
    }

    private void giveBack() {
        if (!givenBack) {
            givenBack = true;
            keeper.giveBack(failed);
        }
    }
}
