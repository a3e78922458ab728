package io.hotpool.pool.shard;

import io.hotpool.pool.PoolConfig.Sources;
import io.hotpool.pool.address.AddressBook;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Predicate;

/** Connections of a shard that may not stay: by order, or since addresses may not be used any more. Confined to its loop. */
public final class Evictions {
    private final EventLoop loop;
    private final PoolState state;
    private final AddressBook book;

    Evictions(EventLoop loop, PoolState state, AddressBook book) {
        this.loop = loop;
        this.state = state;
        this.book = book;
    }

    /** Closes what is idle and retires what is busy among those that are meant. */
    public int retire(Predicate<Origin> which, CloseReason reason) {
        assert loop.inEventLoop();
        return state.retirements.retire(c -> which.test(c.key().origin()), reason);
    }

    /** Retires the connections that leave from an address that is no longer ours to use. */
    public int retireOthers(Sources permitted, CloseReason reason) {
        assert loop.inEventLoop();
        return state.retirements.retire(
                c -> {
                    InetSocketAddress local = c.upstream().facts().way().local();
                    return local != null && !permitted.permit(local.getAddress());
                },
                reason);
    }

    /** Retires the connections of a host and port to one address. */
    public int retire(Origin place, InetAddress address, CloseReason reason) {
        assert loop.inEventLoop();
        return state.retirements.retire(
                c -> AddressBook.place(c.key().origin()).equals(place)
                        && address.equals(c.upstream().facts().address()),
                reason);
    }

    /** Closes every connection to an address that a rule denies, busy or not. */
    public void enforceRules() {
        assert loop.inEventLoop();
        for (PooledConnection c : state.all()) {
            if (c.isReady() && ruledOut(c)) {
                c.upstream().close(CloseReason.ADDRESS_DENIED);
            }
        }
    }

    boolean ruledOut(PooledConnection c) {
        InetAddress address = c.upstream().facts().address();
        return address != null && book.ruledOut(c.key().origin(), address);
    }
}
