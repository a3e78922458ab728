package io.hotpool.pool.shard;

import io.hotpool.pool.Downstream;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.UpstreamConnection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One connection as the pool counts it, from the decision to dial to its end. Confined to its shard's loop. */
public final class PooledConnection {
    enum State {
        CONNECTING,
        /** Takes exchanges; idle or partly used. */
        READY,
        /** Takes exchanges again when one of its own ends. */
        BUSY,
        DRAINING,
        CLOSED
    }

    final HostState host;
    final KeyState key;
    State state = State.CONNECTING;

    /** While connecting: what is expected. */
    int capacity;

    /** Exchanges the connection itself still works on; may outlast their leases. */
    int active;

    int leases;
    long created;
    long lastUsed;

    /** Share of max_lifetime that this one gets, so that they do not all end at once. */
    double lifetimeShare = 1;

    long requests;
    long errors;

    // Links of IdleList; both null when not in it, or alone in it.
    @Nullable
    PooledConnection older;

    @Nullable
    PooledConnection newer;

    boolean listed;

    /** Made ahead of demand; null: for one who waits. Told once how its dial ended. */
    @Nullable
    Warming warming;

    /** Of the last request or health check that said something about it, by the shard's clock. */
    long checked;

    /** A check wants to know about it, or does already. */
    boolean checking;

    /** An HTTP/1.1 check has it for itself. */
    boolean reserved;

    /** In doubt: takes no further exchange until it has answered a check. */
    boolean quarantined;

    /** Null until it was asked to validate. */
    private Validations.@Nullable Answers answers;

    /** The network may be another one since it answered last: takes no exchange until it has answered a check. */
    boolean unproven;

    /** The one client that it serves; null: all. */
    @Nullable
    Downstream boundTo;

    private @Nullable UpstreamConnection upstream;

    PooledConnection(HostState host, KeyState key, int capacity) {
        this.host = host;
        this.key = key;
        this.capacity = capacity;
    }

    Validations.Answers answers() {
        if (answers == null) {
            answers = new Validations.Answers();
        }
        return answers;
    }

    public PoolKey key() {
        return key.key;
    }

    /** Ready since its dial ended; not to be asked for before. */
    public UpstreamConnection upstream() {
        return Objects.requireNonNull(upstream);
    }

    public Protocol protocol() {
        return upstream().protocol();
    }

    /** Was it there before that moment, by the shard's clock? */
    public boolean readyBefore(long moment) {
        return created - moment < 0;
    }

    void ready(UpstreamConnection upstream) {
        this.upstream = upstream;
    }

    boolean isReady() {
        return upstream != null;
    }

    int occupied() {
        return Math.max(reserved ? 1 : 0, Math.max(leases, active));
    }

    /** For so many further exchanges; negative when the origin took back what it had allowed. */
    int room() {
        return capacity - occupied();
    }

    boolean usable() {
        return state == State.READY || state == State.BUSY;
    }

    boolean free() {
        return usable() && !quarantined && !unproven && boundTo == null && room() > 0;
    }

    /** Made ahead of demand, and never used so far: it does not count for {@code max_idle_conns}. */
    boolean unused() {
        return warming != null && requests == 0;
    }

    /** When it last showed that it was alive. */
    long lastSeen() {
        return Math.max(lastUsed - checked, 0) + checked;
    }

    boolean idle() {
        return usable() && occupied() == 0;
    }
}
