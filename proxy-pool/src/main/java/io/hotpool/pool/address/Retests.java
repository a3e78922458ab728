package io.hotpool.pool.address;

import io.hotpool.pool.address.Observation.Family;
import io.hotpool.pool.address.Standing.State;
import io.hotpool.pool.http.Origin;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;

/**
 * Which addresses are due for another test, so that no user's request has to make it: denied ones once an interval, those
 * that just failed or whose denial has ended soon, and then less and less often. Jittered, and a few at a time. Pure. Owner:
 * the control thread.
 */
final class Retests {
    static final int AT_ONCE = 8;
    static final int AT_ONCE_PER_PLACE = 2;
    static final long FIRST_MILLIS = 2_000;
    private static final int MOST_DOUBLINGS = 20;

    /** An address to be tested. */
    record Subject(Origin place, InetAddress address) {}

    private static final class Plan {
        boolean denied;
        long since;
        int tests;
        double share;
        boolean running;
        long turn;

        Plan(boolean denied, long since, double share) {
            this.denied = denied;
            this.since = since;
            this.share = share;
        }
    }

    private final DoubleSupplier random;
    private final Map<Subject, Plan> plans = new HashMap<>();
    private int running;
    private long turns;

    /** @param random 0 to 1 */
    Retests(DoubleSupplier random) {
        this.random = random;
    }

    /**
     * Those whose test is to begin now; each has its {@link #ended} or {@link #postponed}. Those that were not asked for longest
     * come first, so that what cannot be tested now keeps no other waiting.
     */
    List<Subject> due(Map<Origin, ? extends Iterable<Standing>> all, long now, long intervalMillis) {
        Map<Origin, Integer> here = new HashMap<>();
        Map<Subject, Plan> waiting = new LinkedHashMap<>();
        Set<Subject> wanted = new HashSet<>();
        all.forEach((place, standings) -> {
            for (Standing standing : standings) {
                if (wants(standing, now)) {
                    Subject subject = new Subject(place, standing.address());
                    wanted.add(subject);
                    Plan plan = plan(subject, standing.state() == State.DENIED, now);
                    if (plan.running) {
                        here.merge(place, 1, Integer::sum);
                    } else if (now - plan.since >= pause(plan, intervalMillis)) {
                        waiting.put(subject, plan);
                    }
                }
            }
        });
        plans.entrySet().removeIf(plan -> !plan.getValue().running && !wanted.contains(plan.getKey()));
        return waiting.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> entry.getValue().turn))
                .filter(entry -> begin(entry.getKey(), entry.getValue(), here))
                .map(Map.Entry::getKey)
                .toList();
    }

    private boolean begin(Subject subject, Plan plan, Map<Origin, Integer> here) {
        if (running >= AT_ONCE || here.getOrDefault(subject.place(), 0) >= AT_ONCE_PER_PLACE) {
            return false;
        }
        here.merge(subject.place(), 1, Integer::sum);
        plan.running = true;
        plan.turn = ++turns;
        running++;
        return true;
    }

    private static boolean wants(Standing standing, long now) {
        boolean unreached = standing.against() == Family.REACH || standing.against() == Family.SLOW;
        return switch (standing.state()) {
            case DENIED -> true;
            case HALF_OPEN -> unreached; // else one request of a user finds out: a probe proves nothing
            case UNKNOWN, ALLOWED -> standing.suspect(now);
        };
    }

    private Plan plan(Subject subject, boolean denied, long now) {
        Plan plan = plans.computeIfAbsent(subject, s -> new Plan(denied, now, random.getAsDouble()));
        if (plan.denied != denied && !plan.running) {
            plan.denied = denied;
            plan.since = now;
            plan.tests = 0;
        }
        return plan;
    }

    /** At most the interval, at least half of what it would be. */
    private static long pause(Plan plan, long intervalMillis) {
        long soon = FIRST_MILLIS << Math.min(plan.tests, MOST_DOUBLINGS);
        long whole = plan.denied ? intervalMillis : Math.min(soon, intervalMillis);
        return (long) (whole * (0.5 + 0.5 * plan.share));
    }

    void ended(Subject subject, long now) {
        Plan plan = plans.get(subject);
        if (plan != null && plan.running) {
            running--;
            plan.running = false;
            plan.tests++;
            plan.since = now;
            plan.share = random.getAsDouble();
        }
    }

    /** There was no room for it: it is due still. */
    void postponed(Subject subject) {
        Plan plan = plans.get(subject);
        if (plan != null && plan.running) {
            running--;
            plan.running = false;
        }
    }
}
