package io.hotpool.pool;

import io.hotpool.pool.maintenance.LoadTuner;
import io.hotpool.pool.maintenance.LoadTuner.Load;
import io.hotpool.pool.maintenance.LoadTuner.Step;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves the limits between the tiers while {@code auto_tune} is set. Written under the pool's lock, read on any thread. */
final class AutoTune {
    private static final Logger LOG = LoggerFactory.getLogger(AutoTune.class);

    private static final long UNKNOWN = -1;

    private final PoolListener events;
    private final Clock clock;
    private @Nullable LoadTuner tuner; // null while it is off
    private long endedBefore = UNKNOWN;
    private volatile Tuning tuning;

    AutoTune(PoolConfig configured, PoolListener events, Clock clock) {
        this.events = events;
        this.clock = clock;
        this.tuner = configured.autoTune() ? new LoadTuner() : null;
        this.tuning = new Tuning(configured.autoTune(), Tier.MEDIUM, clock.instant(), 0, configured);
    }

    Tuning tuning() {
        return tuning;
    }

    /** @return what is in force from now on */
    PoolConfig configured(PoolConfig changed) {
        boolean on = changed.autoTune();
        if (on != tuning.on()) {
            tuner = on ? new LoadTuner() : null;
            endedBefore = UNKNOWN;
            tuning = new Tuning(on, Tier.MEDIUM, clock.instant(), 0, changed);
            return changed;
        }
        PoolConfig inForce = on ? tuning.tier().over(changed) : changed;
        tuning = new Tuning(on, tuning.tier(), tuning.since(), tuning.requestsPerSecond(), inForce);
        return inForce;
    }

    /**
     * A second has passed.
     *
     * @param ended exchanges, ever
     * @return true when other limits are in force from now on
     */
    boolean look(PoolConfig configured, long ended, int busy, int waiting) {
        if (tuner == null) {
            return false;
        }
        Load load = new Load(endedBefore == UNKNOWN ? 0 : ended - endedBefore, busy, waiting);
        endedBefore = ended;
        Step step = tuner.look(load);
        if (step == null) {
            tuning = new Tuning(true, tuning.tier(), tuning.since(), tuner.rate(), tuning.inForce());
            return false;
        }
        PoolConfig inForce = step.to().over(configured);
        tuning = new Tuning(true, step.to(), clock.instant(), tuner.rate(), inForce);
        LOG.info(
                "auto_tune: {} limits, was {}: {} (max_connections={} max_conns_per_host={} max_idle_conns={})",
                step.to().label(),
                step.from().label(),
                step.why(),
                inForce.maxConnections(),
                inForce.maxConnsPerHost(),
                inForce.maxIdleConns());
        events.tuned(step.from(), step.to(), step.why());
        return true;
    }
}
