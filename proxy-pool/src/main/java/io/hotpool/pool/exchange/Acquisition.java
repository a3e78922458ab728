package io.hotpool.pool.exchange;

import io.hotpool.pool.ExchangeOptions.Validation;
import io.hotpool.pool.PoolListener.HealthOutcome;
import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.shard.PoolKey;
import io.hotpool.pool.shard.PoolShard;
import io.hotpool.pool.shard.PooledConnection;
import io.hotpool.pool.shard.Waiter;
import org.jspecify.annotations.Nullable;

/**
 * The way to one lease on a connection that was validated, where that is asked for: connections that do not answer as expected
 * are retired, and others tried, {@code max_retries} more. Confined to the shard's loop; one outcome, unless cancelled.
 */
final class Acquisition implements Waiter.Receiver {
    private final PoolShard shard;
    private final PoolKey key;
    private final @Nullable Validation validation;
    private final boolean retry;
    private final Waiter.Receiver receiver;
    private @Nullable Waiter waiter;
    private int tried;
    private boolean answered; // a waiter may be answered before it is known here
    private boolean over;

    /** @param retry the connection before was closed by the server */
    Acquisition(
            PoolShard shard, PoolKey key, @Nullable Validation validation, boolean retry, Waiter.Receiver receiver) {
        this.shard = shard;
        this.key = key;
        this.validation = validation;
        this.retry = retry;
        this.receiver = receiver;
    }

    void start() {
        PooledConnection hot = shard.acquireNow(key, null);
        if (hot != null) {
            acquired(hot, false);
            return;
        }
        answered = false;
        Waiter queued = shard.acquireLater(key, retry, this);
        waiter = answered ? null : queued;
    }

    /** Nothing is told any more; what is held goes back as soon as it can. */
    void cancel() {
        over = true;
        if (waiter != null) {
            shard.cancel(waiter);
            waiter = null;
        }
    }

    @Override
    public void acquired(PooledConnection c, boolean created) {
        answered = true;
        waiter = null;
        if (validation == null) {
            over = true;
            receiver.acquired(c, created);
            return;
        }
        // Never on the stack of the connection that answers.
        shard.validate(
                c, validation, (outcome, status) -> shard.loop().execute(() -> validated(c, created, outcome, status)));
    }

    @Override
    public void refused(Fault fault) {
        answered = true;
        waiter = null;
        over = true;
        receiver.refused(fault);
    }

    private void validated(PooledConnection c, boolean created, HealthOutcome outcome, int status) {
        if (status != 0) {
            shard.addresses()
                    .seen(key.origin(), c.upstream().facts().remote().getAddress(), Outcome.ofStatus(status), 0);
        }
        boolean passed = outcome == HealthOutcome.HEALTHY;
        if (!over && passed && c.upstream().accepting()) {
            over = true;
            receiver.acquired(c, created);
            return;
        }
        giveBack(c, outcome);
        if (over) {
            return;
        }
        if (++tried > shard.config().maxRetries()) {
            over = true;
            receiver.refused(fault(outcome, status));
        } else {
            start();
        }
    }

    private void giveBack(PooledConnection c, HealthOutcome outcome) {
        boolean passed = outcome == HealthOutcome.HEALTHY;
        if (outcome == HealthOutcome.DEAD && c.protocol() == Protocol.H1) {
            shard.suspect(c);
        }
        shard.release(c, !passed);
        if (!passed) {
            shard.unfit(c);
        }
    }

    private Fault fault(HealthOutcome outcome, int status) {
        assert validation != null;
        String path = validation.path();
        int query = path.indexOf('?');
        String last = status != 0
                ? "status " + status
                : outcome == HealthOutcome.TIMEOUT ? "no answer in time" : "the connection ended";
        String text =
                "host " + key.origin().hostPort() + ": none of " + tried + " connections answered the request for "
                        + (query < 0 ? path : path.substring(0, query)) + " as expected; the last: " + last;
        return Fault.unprocessed(FaultKind.VALIDATION_FAILED, text, null)
                .at(key.origin().host(), null);
    }
}
