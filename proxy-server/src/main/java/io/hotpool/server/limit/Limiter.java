package io.hotpool.server.limit;

import io.hotpool.server.config.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests pass as long as their client, their user and their host are below their limits. Any thread.
 *
 * <p>Allowances that nobody draws on are forgotten when there are many. One that is drawn on at that very moment starts anew:
 * a limit may then be passed once by one request.
 */
public final class Limiter {
    private static final int MANY = 10_000;

    /** Whose limit it is. The label is an interface: it stands in metrics and in answers. */
    public enum Subject {
        CLIENT,
        USER,
        HOST;

        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** One limit that a request falls under. */
    public record Claim(Subject subject, String name, Limit limit) {}

    /** @param reason {@code rate} or {@code concurrency} @param waitNanos after which it is worth another try */
    public record Refusal(Claim claim, String reason, long waitNanos) {}

    private record Key(Subject subject, String name) {}

    private static final long SECOND = 1_000_000_000L;

    private final ConcurrentMap<Key, Allowance> allowances = new ConcurrentHashMap<>();
    private final LongSupplier clock;

    /** @param clock nanoseconds that never go back */
    public Limiter(LongSupplier clock) {
        this.clock = clock;
    }

    /** What a request holds while it is under way. Confined to the thread that ends it. */
    public static final class Permit {
        /** For requests without any limit. */
        public static final Permit FREE = new Permit(List.of());

        private List<Allowance> held;

        private Permit(List<Allowance> held) {
            this.held = held;
        }

        /** Idempotent. */
        public void release() {
            List<Allowance> last = held;
            held = List.of();
            last.forEach(Allowance::end);
        }
    }

    /** Either a permit or a refusal. */
    public record Outcome(@Nullable Permit permit, @Nullable Refusal refusal) {}

    /** All of the claims or none; a rate that let it pass before another one refused has counted it. */
    public Outcome admit(List<Claim> claims) {
        if (claims.isEmpty()) {
            return new Outcome(Permit.FREE, null);
        }
        long now = clock.getAsLong();
        List<Allowance> held = new ArrayList<>(claims.size());
        for (Claim claim : claims) {
            Allowance allowance = allowance(claim, now);
            if (!allowance.begin(claim.limit())) {
                return refused(held, new Refusal(claim, "concurrency", SECOND));
            }
            held.add(allowance);
        }
        for (int i = 0; i < claims.size(); i++) {
            long wait = held.get(i).pass(claims.get(i).limit(), now);
            if (wait > 0) {
                return refused(held, new Refusal(claims.get(i), "rate", wait));
            }
        }
        return new Outcome(new Permit(held), null);
    }

    private static Outcome refused(List<Allowance> held, Refusal refusal) {
        held.forEach(Allowance::end);
        return new Outcome(null, refusal);
    }

    private Allowance allowance(Claim claim, long now) {
        if (allowances.size() >= MANY) {
            allowances.values().removeIf(allowance -> allowance.idle(now));
        }
        return allowances.computeIfAbsent(new Key(claim.subject(), claim.name()), key -> new Allowance(now));
    }

    int size() {
        return allowances.size();
    }
}
