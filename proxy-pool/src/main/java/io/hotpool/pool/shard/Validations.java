package io.hotpool.pool.shard;

import io.hotpool.pool.ExchangeOptions.Validation;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolListener.HealthOutcome;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has a connection answered a request for a path as expected? Asked once, for all who want to know at the same time; the
 * answer holds for {@code health_check_interval}. Confined to the shard's loop.
 */
public final class Validations {
    private static final int MOST_PATHS = 16; // that are remembered of a connection

    private final EventLoop loop;
    private final Supplier<PoolConfig> config;

    /** Told once, possibly on the stack of the call that asked. */
    @FunctionalInterface
    public interface Receiver {
        /** @param status 0: none came */
        void validated(HealthOutcome outcome, int status);
    }

    /** What one connection has answered, by the question. */
    static final class Answers {
        private final Map<PoolConfig.Health, Answer> known = new LinkedHashMap<>(2, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<PoolConfig.Health, Answer> eldest) {
                return size() > MOST_PATHS && eldest.getValue().outcome != null;
            }
        };
    }

    private static final class Answer {
        @Nullable
        HealthOutcome outcome; // null while it is being asked

        int status;
        long at;
        final List<Receiver> waiting = new ArrayList<>(1);
    }

    Validations(EventLoop loop, Supplier<PoolConfig> config) {
        this.loop = loop;
        this.config = config;
    }

    /** @param c under a lease of the one who asks */
    void validate(PooledConnection c, Validation asked, Receiver receiver) {
        PoolConfig rules = config.get();
        PoolConfig.Health question = question(rules, c, asked);
        Answer answer = c.answers().known.computeIfAbsent(question, q -> new Answer());
        long now = loop.ticker().nanoTime();
        if (answer.outcome != null
                && now - answer.at < rules.healthCheckInterval().toNanos()) {
            receiver.validated(answer.outcome, answer.status);
            return;
        }
        answer.waiting.add(receiver);
        if (answer.waiting.size() == 1) {
            answer.outcome = null;
            ask(c, question, answer, rules);
        }
    }

    private static PoolConfig.Health question(PoolConfig rules, PooledConnection c, Validation asked) {
        PoolConfig.Health health = rules.health().of(c.host.origin.host()).withPath(asked.path());
        return asked.expect().isEmpty() ? health : health.withExpect(asked.expect());
    }

    private void ask(PooledConnection c, PoolConfig.Health question, Answer answer, PoolConfig rules) {
        HealthProbe[] probe = new HealthProbe[1];
        probe[0] = new HealthProbe(
                c,
                loop,
                new HealthProbe.Question(false, question, rules.testTimeout()),
                outcome -> answered(answer, outcome, probe[0].status()));
        probe[0].start();
    }

    private void answered(Answer answer, HealthOutcome outcome, int status) {
        answer.outcome = outcome;
        answer.status = status;
        answer.at = loop.ticker().nanoTime();
        List<Receiver> told = List.copyOf(answer.waiting);
        answer.waiting.clear();
        told.forEach(receiver -> receiver.validated(outcome, status));
    }
}
