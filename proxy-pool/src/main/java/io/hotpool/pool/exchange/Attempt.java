package io.hotpool.pool.exchange;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.RequestSink;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.pool.http.ResponseSink;
import io.hotpool.pool.shard.PooledConnection;
import io.netty.buffer.ByteBuf;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One lease and what comes back on it. Passes everything on to its {@link Carriage} until it is over, and nothing after
 * that: an attempt that was given up cannot disturb the next one. Confined to the shard's loop.
 */
final class Attempt implements ResponseSink {
    final PooledConnection connection;
    final boolean reused;
    final Set<String> addedCodings;
    final long leasedAt;

    private final Carriage carriage;
    private @Nullable RequestSink upstream;
    private boolean upgraded;
    private boolean over;

    Attempt(Carriage carriage, PooledConnection connection, boolean reused, Set<String> addedCodings, long leasedAt) {
        this.carriage = carriage;
        this.connection = connection;
        this.reused = reused;
        this.addedCodings = addedCodings;
        this.leasedAt = leasedAt;
    }

    /** Null until the connection has taken the request. */
    @Nullable
    RequestSink upstream() {
        return over ? null : upstream;
    }

    void opened(RequestSink upstream) {
        this.upstream = upstream;
    }

    boolean over() {
        return over;
    }

    /** Gives it up: the origin is told, the lease goes back. */
    void cancel(Fault cause) {
        if (!over) {
            over = true;
            if (upstream != null) {
                upstream.cancel(cause);
            }
            carriage.release(this, cause.kind() != FaultKind.CLIENT_GONE);
        }
    }

    @Override
    public void informational(ResponseHead head) {
        if (!over) {
            carriage.informational(head);
        }
    }

    @Override
    public void head(ResponseHead head) {
        if (!over) {
            carriage.head(this, head);
        }
    }

    @Override
    public void upgraded(ResponseHead head) {
        if (!over) {
            upgraded = true;
            carriage.upgraded(head);
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        if (over) {
            chunk.release();
        } else {
            carriage.responseData(chunk);
        }
    }

    @Override
    public void end(HeaderList trailers) {
        if (!over) {
            over = true;
            if (upgraded && upstream != null) {
                upstream.cancel(Fault.of(FaultKind.UPSTREAM_CLOSED, "the origin ended the upgraded connection"));
            }
            carriage.release(this, false);
            carriage.responseEnd(trailers);
        }
    }

    @Override
    public void fault(Fault fault) {
        if (!over) {
            over = true;
            carriage.release(this, true);
            carriage.attemptFailed(this, fault);
        }
    }

    @Override
    public void written(int bytes) {
        if (!over) {
            carriage.written(bytes);
        }
    }
}
