package io.hotpool.server.metrics;

import io.hotpool.pool.OpenExchange.Timing;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.stats.RequestStatistics;
import io.hotpool.pool.stats.Totals;
import io.hotpool.server.frontend.ExchangeObserver;
import java.time.Clock;
import java.time.Instant;

/** The requests of clients, over the life of the process and over the last minutes. */
public final class Statistics implements PoolListener, ExchangeObserver {
    public static final int TICK_SECONDS = RequestStatistics.TICK_SECONDS;

    private final RequestStatistics requests;

    public Statistics(Clock clock) {
        this.requests = new RequestStatistics(clock);
    }

    @Override
    public void acquired(Origin origin, AcquireOutcome outcome, long waitNanos) {
        switch (outcome) {
            case REUSED -> requests.acquired(true);
            case CREATED -> requests.acquired(false);
            case TIMEOUT, REJECTED -> {}
        }
    }

    /**
     * The built-in host does not count. A client that left, and one that is asked for its password, got neither an answer nor
     * a failure.
     */
    @Override
    public void exchangeEnded(Ended ended) {
        FaultKind fault = ended.fault();
        if (ended.form().equals("internal")
                || fault == FaultKind.CLIENT_GONE
                || fault == FaultKind.PROXY_AUTHENTICATION) {
            return;
        }
        requests.ended(fault == null);
        Timing timing = ended.timing();
        if (timing != null && timing.ttfbNanos() > 0) {
            requests.answered(timing.waitNanos() + timing.ttfbNanos());
        }
    }

    public Instant since() {
        return requests.since();
    }

    public Totals totals() {
        return requests.totals();
    }

    /** The last so many minutes, 1 to 5; less when the process is younger. {@link Totals#at} is where the window begins. */
    public Totals lastMinutes(int minutes) {
        return requests.lastMinutes(minutes);
    }

    /** To be called every {@link #TICK_SECONDS}. */
    public void tick() {
        requests.tick();
    }
}
