package io.hotpool.pool.exchange;

import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.shard.PoolShard;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How long an exchange waits for its origin: for the response's head, for more of its body, for the origin to take the
 * request's body; and the deadline of the whole. A client that is slow itself is never held against the origin. Progress
 * only writes a field; one timer looks at it when the limit of the moment could have passed. Confined to the shard's loop.
 */
final class Patience {
    private enum Phase {
        /** For a connection: the shard's own deadlines hold. */
        WAITING,
        SENDING,
        AWAITING_HEAD,
        RECEIVING,
        /** It may be silent, but has to take what it is sent. */
        UPGRADED,
        /** Nothing is due from the origin: an event stream, or complete. */
        UNLIMITED
    }

    private static final long NEVER = Long.MAX_VALUE;

    private final PoolShard shard;
    private final @Nullable Duration whole;
    private final Consumer<Fault> outOfPatience;
    private Phase phase = Phase.WAITING;
    private long started;
    private long progress;
    private long unwritten; // bytes of the request that the origin has not taken
    private long undelivered; // bytes of the response that the client has not taken
    private @Nullable Future<?> timer;
    private long timerAt;
    private boolean over;

    Patience(PoolShard shard, @Nullable Duration whole, Consumer<Fault> outOfPatience) {
        this.shard = shard;
        this.whole = whole;
        this.outOfPatience = outOfPatience;
    }

    void exchangeStarted() {
        started = shard.now();
        enter(Phase.WAITING);
    }

    void waiting() {
        enter(Phase.WAITING);
    }

    /** @param bodyFollows false also where a 100 has to come first */
    void requestUnderWay(boolean bodyFollows) {
        unwritten = 0;
        enter(bodyFollows ? Phase.SENDING : Phase.AWAITING_HEAD);
    }

    /** 1xx: the origin is alive, and it is the client's turn while its body is not complete. */
    void informed(boolean bodyFollows) {
        enter(bodyFollows ? Phase.SENDING : Phase.AWAITING_HEAD);
    }

    void requestSent(long bytes) {
        if (phase == Phase.AWAITING_HEAD) {
            phase = Phase.SENDING; // the client did not wait for the 100 that it asked for
        }
        if (unwritten == 0) {
            progress = shard.now();
        }
        unwritten += bytes;
    }

    void requestWritten(int bytes) {
        unwritten = Math.max(0, unwritten - bytes);
        progress = shard.now();
    }

    void requestComplete() {
        if (phase == Phase.SENDING) {
            enter(Phase.AWAITING_HEAD);
        }
    }

    void responseUnderWay(boolean eventStream) {
        enter(eventStream ? Phase.UNLIMITED : Phase.RECEIVING);
    }

    void upgraded() {
        enter(Phase.UPGRADED);
    }

    /** @param undelivered bytes that go to the client as they are */
    void responseArrived(int undelivered) {
        this.undelivered += undelivered;
        progress = shard.now();
    }

    void delivered(int bytes) {
        undelivered += bytes;
    }

    void consumed(int bytes) {
        undelivered -= bytes;
        progress = shard.now();
    }

    void responseComplete() {
        enter(Phase.UNLIMITED);
    }

    void end() {
        over = true;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void enter(Phase next) {
        phase = next;
        progress = shard.now();
        arm(progress);
    }

    /** The timer may ring too early, never too late. */
    private void arm(long now) {
        long when = Math.min(limit(now), deadline());
        if (over || when == NEVER || timer != null && timerAt - when <= 0) {
            return;
        }
        if (timer != null) {
            timer.cancel(false);
        }
        timerAt = when;
        timer = shard.loop().schedule(this::ring, Math.max(0, when - now), TimeUnit.NANOSECONDS);
    }

    private void ring() {
        timer = null;
        long now = shard.now();
        if (deadline() - now <= 0) {
            outOfPatience.accept(late(FaultKind.EXCHANGE_TIMEOUT, "not done after ", now - started));
        } else if (limit(now) != NEVER && limit(now) - now <= 0) {
            outOfPatience.accept(fault(now - progress));
        } else {
            arm(now);
        }
    }

    private long deadline() {
        return whole == null ? NEVER : started + whole.toNanos();
    }

    private long limit(long now) {
        PoolConfig config = shard.config();
        return switch (phase) {
            case WAITING, UNLIMITED -> NEVER;
            case SENDING, UPGRADED -> fromNowOrProgress(unwritten > 0, now, config.bodyIdleTimeout());
            case AWAITING_HEAD -> progress + config.responseHeaderTimeout().toNanos();
            case RECEIVING -> fromNowOrProgress(undelivered <= 0, now, config.bodyIdleTimeout());
        };
    }

    /** While it is not the origin's turn the time does not count. */
    private long fromNowOrProgress(boolean originsTurn, long now, Duration limit) {
        return (originsTurn ? progress : now) + limit.toNanos();
    }

    private Fault fault(long waited) {
        return switch (phase) {
            case RECEIVING -> late(FaultKind.BODY_TIMEOUT, "no more of the body for ", waited);
            case SENDING -> late(FaultKind.RESPONSE_TIMEOUT, "the origin took no more of the request for ", waited);
            case UPGRADED -> late(FaultKind.BODY_TIMEOUT, "the origin took nothing of what it was sent for ", waited);
            default -> late(FaultKind.RESPONSE_TIMEOUT, "no response after ", waited);
        };
    }

    private static Fault late(FaultKind kind, String what, long nanos) {
        return Fault.of(kind, what + nanos / 1_000_000 + " ms");
    }
}
