package io.hotpool.pool.shard;

import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.address.AddressBook;
import io.hotpool.pool.address.TestResult;
import io.hotpool.pool.connect.ConnectPlan;
import io.hotpool.pool.connect.Dialer;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.tls.TlsRequest;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The dials of a shard: for its pool, and to test addresses that failed. Confined to the shard's loop. */
final class Dials {
    private static final int MAX_PLACES = 1_000;
    private static final long IN_USE_NANOS = 600_000_000_000L;

    /** By place: for whom, and when, the last dial was made. */
    private final Map<Origin, Last> lastDials = new LinkedHashMap<>(16, 0.75f, true);

    private final EventLoop loop;
    private final PoolState state;
    private final Supplier<PoolConfig> config;
    private final Dialer dialer;

    Dials(EventLoop loop, PoolState state, Supplier<PoolConfig> config, Dialer dialer) {
        this.loop = loop;
        this.state = state;
        this.config = config;
        this.dialer = dialer;
    }

    /** @param retry the connection before was closed by the server */
    void dial(PoolKey key, boolean retry, ConnectionLink link) {
        TlsRequest.Form form = retry && !key.http1Only() ? TlsRequest.Form.RETRY : form(key);
        remember(key);
        PoolConfig now = config.get();
        ConnectPlan plan = plan(
                key, form, key.ticketScope(), key.session(), key.address(), now.connTimeout(), now.maxRetries(), false);
        dialer.dial(plan, loop, link, link);
    }

    private record Last(PoolKey key, long at) {}

    private void remember(PoolKey key) {
        lastDials.put(
                AddressBook.place(key.origin()), new Last(key, loop.ticker().nanoTime()));
        if (lastDials.size() > MAX_PLACES) {
            lastDials.remove(lastDials.keySet().iterator().next());
        }
    }

    /**
     * Tests an address in the way the host was dialled last, if there is a connection to spare for it. Empty: the host is not this
     * shard's, or not in use.
     */
    Optional<CompletionStage<TestResult>> test(Origin place, InetAddress address) {
        Last last = lastDials.get(place);
        boolean used = last != null
                && !last.key.egress().resolvesNames()
                && (loop.ticker().nanoTime() - last.at < IN_USE_NANOS || connected(last.key.origin()));
        return used ? Optional.of(test(last.key, address)) : Optional.empty();
    }

    private boolean connected(Origin origin) {
        return state.hosts().stream().anyMatch(host -> host.origin.equals(origin) && !host.connections.isEmpty());
    }

    private record TestScope(Object of) {}

    /** Has no session, and does not use up tickets that others need. */
    private CompletionStage<TestResult> test(PoolKey key, InetAddress address) {
        Duration timeout = config.get().testTimeout();
        ConnectPlan plan = plan(key, form(key), new TestScope(key.ticketScope()), "", address, timeout, 0, true);
        AddressProbe probe = new AddressProbe(loop, plan, config.get().health());
        TestPlaces.Place place = state.placeForTest(key.origin(), probe::giveWay);
        if (place == null) {
            return CompletableFuture.completedStage(TestResult.POSTPONED);
        }
        return probe.start(dialer, () -> state.leave(place, loop.ticker().nanoTime()));
    }

    private static TlsRequest.Form form(PoolKey key) {
        return key.http1Only() ? TlsRequest.Form.HTTP1_ONLY : TlsRequest.Form.FIRST;
    }

    private static ConnectPlan plan(
            PoolKey key,
            TlsRequest.Form form,
            Object ticketScope,
            String session,
            @Nullable InetAddress address,
            Duration timeout,
            int moreHandshakes,
            boolean test) {
        return new ConnectPlan(
                key.origin(),
                key.profile(),
                form,
                ticketScope,
                key.verify(),
                session,
                address,
                key.egress(),
                key.certificate(),
                timeout,
                moreHandshakes,
                test);
    }
}
