package io.hotpool.pool.shard;

import io.hotpool.pool.HealthReport;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.PoolListener.HealthOutcome;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.UpstreamConnection;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which connections are asked whether they are alive, and what follows. Traffic comes first: only those are asked that were
 * idle for longer than {@code health_check_interval}, or failed a request; a few at a time. Confined to the shard's loop.
 */
final class HealthChecks {
    private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);
    private static final int AT_ONCE = 8;

    private final EventLoop loop;
    private final PoolState state;
    private final Supplier<PoolConfig> config;
    private final PoolListener events;
    private final Consumer<PooledConnection> freed;
    private final ArrayDeque<Check> due = new ArrayDeque<>();
    private int running;

    /** @param report told when it is over, and whether the connection was closed; the outcome is null when there was none */
    private record Check(PooledConnection c, Report report) {}

    @FunctionalInterface
    private interface Report {
        void ended(@Nullable HealthOutcome outcome, boolean closed);
    }

    /** @param freed told of each connection that was checked: it may be idle again */
    HealthChecks(
            EventLoop loop,
            PoolState state,
            Supplier<PoolConfig> config,
            PoolListener events,
            Consumer<PooledConnection> freed) {
        this.loop = loop;
        this.state = state;
        this.config = config;
        this.events = events;
        this.freed = freed;
    }

    /** Those that did not show for the interval that they are alive. */
    void checkSilent() {
        long interval = config.get().healthCheckInterval().toNanos();
        state.idles.silentFor(interval, loop.ticker().nanoTime()).forEach(c -> add(c, (outcome, closed) -> {}));
        next();
    }

    /** A request on it failed, and nothing said that the connection did. */
    void suspect(PooledConnection c) {
        if (!c.checking) {
            add(c, (outcome, closed) -> {});
            next();
        }
    }

    /** The network may be another one: what is idle is not handed out before it has answered. */
    void recheckAll() {
        for (PooledConnection c : state.all()) {
            if (c.idle() && !c.checking) {
                c.unproven = true;
                add(c, (outcome, closed) -> {});
            }
        }
        next();
    }

    CompletionStage<HealthReport> checkAll() {
        Tally tally = new Tally();
        for (PooledConnection c : state.all()) {
            if (c.idle() && !c.checking && c.boundTo == null) {
                tally.open++;
                add(c, tally);
            } else if (c.usable()) {
                tally.report = tally.report.plus(new HealthReport(1, 0, 0, 0));
            }
        }
        next();
        tally.completeIfDone();
        return tally.done;
    }

    private static final class Tally implements Report {
        final CompletableFuture<HealthReport> done = new CompletableFuture<>();
        HealthReport report = HealthReport.NOTHING;
        int open;

        @Override
        public void ended(@Nullable HealthOutcome outcome, boolean closed) {
            open--;
            if (outcome == null) {
                report = report.plus(new HealthReport(1, 0, 0, 0));
            } else {
                boolean healthy = outcome == HealthOutcome.HEALTHY;
                report = report.plus(new HealthReport(0, healthy ? 1 : 0, healthy ? 0 : 1, closed ? 1 : 0));
            }
            completeIfDone();
        }

        void completeIfDone() {
            if (open == 0) {
                done.complete(report);
            }
        }
    }

    private void add(PooledConnection c, Report report) {
        c.checking = true;
        due.add(new Check(c, report));
    }

    private void next() {
        while (running < AT_ONCE && !due.isEmpty()) {
            start(due.remove());
        }
    }

    /** What a client has taken meanwhile is not asked: it shows by itself. */
    private void start(Check check) {
        PooledConnection c = check.c();
        boolean exclusive = c.usable() && c.protocol() == Protocol.H1;
        if (!c.usable() || exclusive && !c.idle()) {
            c.checking = false;
            c.unproven = false;
            check.report().ended(null, false);
            return;
        }
        if (exclusive) {
            state.inspections.reserve(c);
        }
        running++;
        PoolConfig rules = config.get();
        HealthProbe.Question question =
                new HealthProbe.Question(true, rules.health().of(c.host.origin.host()), rules.testTimeout());
        new HealthProbe(c, loop, question, outcome -> ended(check, outcome)).start();
    }

    private void ended(Check check, HealthOutcome outcome) {
        running--;
        PooledConnection c = check.c();
        boolean doubtful = outcome == HealthOutcome.UNEXPECTED_STATUS
                || outcome == HealthOutcome.TIMEOUT && c.protocol() == Protocol.H2 && c.occupied() > 0;
        events.healthChecked(c.upstream().facts(), outcome);
        if (outcome != HealthOutcome.HEALTHY) {
            LOG.info(
                    "host {}: connection {} checked: {} {}",
                    c.host.origin.hostPort(),
                    c.upstream().facts().id(),
                    outcome,
                    c.host.counts());
        }
        long now = loop.ticker().nanoTime();
        UpstreamConnection up = c.upstream();
        state.changed(c, up.capacity(), up.active(), up.accepting(), now);
        boolean gone = !c.usable();
        boolean retired = state.inspections.checked(c, outcome == HealthOutcome.HEALTHY, doubtful, now);
        freed.accept(c);
        check.report().ended(outcome, gone || retired);
        next();
    }
}
