package io.hotpool.pool.address;

import io.hotpool.pool.address.Observation.Family;
import io.hotpool.pool.address.Standing.State;
import io.hotpool.pool.http.Origin;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From observations to verdicts, per origin and address. Pure: no clock, no network, no logger; the caller gives the time
 * and is told every move. Owner: the control thread.
 *
 * <ul>
 *   <li>An answer puts an address on the white list for a time; a run of failures of one family puts it on the black list
 *       for a time that doubles with each denial in a row. When that ends the address is half open.
 *   <li>At most {@code max_ejected_percent} of an origin's addresses are denied, and never the last one: beyond that an
 *       address is spared.
 *   <li>One that was out of reach the last time is suspect: others are tried before it until it is reached.
 *   <li>While the local network is down nobody is blamed, and what was blamed since it went down is taken back.
 * </ul>
 */
public final class AddressLedger {
    /** Origins of which nothing is known any more are forgotten after this, and the oldest beyond {@link #MAX_ORIGINS}. */
    private static final long FORGET_AFTER_MILLIS = 3_600_000;

    private static final long NEVER = Long.MAX_VALUE;
    private static final int MAX_ORIGINS = 10_000;

    /**
     * An address changed its state.
     *
     * @param cause one of few words, for metrics: {@code forbidden}, {@code expired}
     * @param evidence for people: {@code 3x forbidden}
     */
    public record Move(Origin origin, InetAddress address, State from, State to, String cause, String evidence) {}

    private static final class Entry {
        final InetAddress address;
        State state = State.UNKNOWN;
        String cause = "";
        long since;
        long until = NEVER;
        double successes;
        double failures;
        long decayedAt;
        double latency;
        long answeredAt;
        Family runOf = Family.GOOD;
        int run;
        long runAt;
        int denials;
        Family against = Family.GOOD;
        boolean spared;
        long suspectUntil;
        long seenAt;
        boolean present = true;

        Entry(InetAddress address, long now) {
            this.address = address;
            this.since = now;
            this.decayedAt = now;
            this.seenAt = now;
        }
    }

    private final NetworkWeather weather;
    private final Map<Origin, Map<InetAddress, Entry>> origins = new LinkedHashMap<>(16, 0.75f, true);
    private LedgerRules rules;

    public AddressLedger(LedgerRules rules) {
        this.rules = rules;
        this.weather = new NetworkWeather(rules.memory().toMillis());
    }

    /** For verdicts from now on; those that stand keep their time. */
    public void rules(LedgerRules changed) {
        rules = changed;
    }

    /** The addresses that a look-up of the origin's host gave. Those that left are forgotten, unless they are denied. */
    public void resolved(Origin origin, Collection<InetAddress> addresses, long now) {
        Map<InetAddress, Entry> entries = origins.computeIfAbsent(origin, o -> new LinkedHashMap<>());
        for (Entry entry : entries.values()) {
            entry.present = addresses.contains(entry.address);
        }
        entries.values().removeIf(entry -> !entry.present && entry.state != State.DENIED);
        for (InetAddress address : addresses) {
            entries.computeIfAbsent(address, a -> new Entry(a, now)).seenAt = now;
        }
        if (origins.size() > MAX_ORIGINS) {
            origins.remove(origins.keySet().iterator().next());
        }
    }

    /** Takes in what was seen. Returns the moves that follow from it, none most of the time. */
    public List<Move> observe(Observation seen, long now) {
        Entry entry = origins.computeIfAbsent(seen.origin(), o -> new LinkedHashMap<>())
                .computeIfAbsent(seen.address(), a -> new Entry(a, now));
        List<Move> moves = new ArrayList<>(1);
        decay(entry, now);
        entry.seenAt = now;
        if (seen.outcome().family() == Family.GOOD) {
            good(seen, entry, now, moves);
        } else {
            bad(seen, entry, now, moves);
        }
        return moves;
    }

    private void good(Observation seen, Entry entry, long now, List<Move> moves) {
        weather.worked();
        entry.suspectUntil = 0;
        if (seen.outcome() == Observation.Outcome.CONNECTED) {
            // A connection says nothing about refusals: only the run of failed connects ends.
            if (entry.runOf == Family.REACH) {
                entry.run = 0;
            }
            if (entry.state == State.HALF_OPEN && unreached(entry)) {
                moves.add(move(seen.origin(), entry, State.UNKNOWN, "reached", "reached again", now, NEVER));
            }
            return;
        }
        entry.successes += seen.count();
        entry.answeredAt = now;
        entry.latency = entry.latency == 0 ? seen.latencyNanos() : 0.8 * entry.latency + 0.2 * seen.latencyNanos();
        entry.run = 0;
        entry.spared = false;
        if (entry.state == State.DENIED) {
            return; // a straggler from before the denial; the re-test decides
        }
        entry.denials = 0;
        entry.until = now + rules.allowedFor().toMillis();
        if (entry.state != State.ALLOWED) {
            moves.add(move(seen.origin(), entry, State.ALLOWED, "answered", "answered", now, entry.until));
        }
    }

    private void bad(Observation seen, Entry entry, long now, List<Move> moves) {
        Family family = seen.outcome().family();
        entry.failures += seen.count();
        if (family == Family.SLOW) {
            suspect(entry, now);
            if (entry.state == State.HALF_OPEN) {
                deny(seen, entry, now, moves);
            }
            return;
        }
        if (family == Family.REACH) {
            weather.failed(seen.origin().host(), now);
            if (weather.down()) {
                takeBack(moves, now);
                return;
            }
            suspect(entry, now);
        } else {
            weather.worked(); // something answered, if badly
            entry.suspectUntil = 0;
        }
        boolean sameRun =
                entry.runOf == family && now - entry.runAt <= rules.memory().toMillis();
        entry.run = sameRun ? entry.run + seen.count() : seen.count();
        entry.runOf = family;
        entry.runAt = now;
        boolean enough = entry.state == State.HALF_OPEN || entry.run >= rules.threshold(family);
        if (enough && entry.state != State.DENIED) {
            deny(seen, entry, now, moves);
        }
    }

    private void suspect(Entry entry, long now) {
        entry.suspectUntil = now + rules.deniedFor().toMillis();
    }

    private static boolean unreached(Entry entry) {
        return entry.against == Family.REACH || entry.against == Family.SLOW;
    }

    private void deny(Observation seen, Entry entry, long now, List<Move> moves) {
        if (!mayDenyOneMore(seen.origin(), entry)) {
            entry.spared = true;
            return;
        }
        entry.denials++;
        entry.spared = false;
        entry.against = seen.outcome().family();
        String cause = seen.outcome().label();
        String evidence = Math.max(1, entry.run) + "x " + cause;
        long until = now + rules.denialMillis(entry.denials);
        moves.add(move(seen.origin(), entry, State.DENIED, cause, evidence, now, until));
    }

    private boolean mayDenyOneMore(Origin origin, Entry candidate) {
        int present = 0;
        int denied = 0;
        for (Entry entry : origins.get(origin).values()) {
            if (entry.present) {
                present++;
                denied += entry.state == State.DENIED ? 1 : 0;
            }
        }
        if (!candidate.present) {
            return true; // it left the DNS answer: nobody depends on it
        }
        return denied + 1 < present && (denied + 1) * 100L <= (long) rules.maxEjectedPercent() * present;
    }

    /** The local network is down: denials for want of reach since then were not the addresses' fault. */
    private void takeBack(List<Move> moves, long now) {
        origins.forEach((origin, entries) -> {
            for (Entry entry : entries.values()) {
                entry.suspectUntil = 0;
                if (entry.runOf == Family.REACH) {
                    entry.run = 0;
                    if (entry.state == State.DENIED && entry.since >= weather.since()) {
                        entry.denials--;
                        moves.add(move(origin, entry, State.UNKNOWN, "network_down", "network down", now, NEVER));
                    }
                }
            }
        });
    }

    /** Ends what has lasted its time: denials become half open, stale white-list entries unknown. */
    public List<Move> expire(long now) {
        List<Move> moves = new ArrayList<>();
        origins.forEach((origin, entries) -> {
            for (Entry entry : entries.values()) {
                if (entry.until <= now) {
                    State next = entry.state == State.DENIED ? State.HALF_OPEN : State.UNKNOWN;
                    entry.run = 0;
                    moves.add(move(origin, entry, next, "expired", entry.cause + ", expired", now, NEVER));
                }
            }
            entries.values().removeIf(entry -> !entry.present && entry.state != State.DENIED);
        });
        origins.values()
                .removeIf(entries -> entries.values().stream()
                        .allMatch(e -> (e.state == State.UNKNOWN || e.state == State.HALF_OPEN)
                                && now - e.seenAt >= FORGET_AFTER_MILLIS));
        origins.values().removeIf(Map::isEmpty);
        return moves;
    }

    /**
     * A test of a denied address was answered. What was out of reach is back when the answer is a good one; what refused or
     * failed is half open, for only a real request can tell.
     */
    public Optional<Move> retested(Origin origin, InetAddress address, boolean good, long now) {
        Entry entry = origins.getOrDefault(origin, Map.of()).get(address);
        if (entry == null || entry.state != State.DENIED || !good && !unreached(entry)) {
            return Optional.empty();
        }
        String evidence = entry.cause + ", answered a test";
        entry.run = 0;
        entry.suspectUntil = 0;
        entry.failures = 0; // what was held against it is over
        if (!unreached(entry)) {
            return Optional.of(move(origin, entry, State.HALF_OPEN, "retested", evidence, now, NEVER));
        }
        entry.denials = 0;
        return Optional.of(
                good
                        ? move(
                                origin,
                                entry,
                                State.ALLOWED,
                                "retested",
                                evidence,
                                now,
                                now + rules.allowedFor().toMillis())
                        : move(origin, entry, State.UNKNOWN, "retested", evidence, now, NEVER));
    }

    /** An operator's word: takes a learned verdict back. */
    public Optional<Move> forget(Origin origin, InetAddress address, long now) {
        Entry entry = origins.getOrDefault(origin, Map.of()).get(address);
        if (entry == null || entry.state == State.UNKNOWN) {
            return Optional.empty();
        }
        entry.run = 0;
        entry.denials = 0;
        entry.spared = false;
        entry.suspectUntil = 0;
        return Optional.of(move(origin, entry, State.UNKNOWN, "by_hand", "by hand", now, NEVER));
    }

    /** A verdict from the ledger file of an earlier run. */
    public void restore(Origin origin, Standing standing) {
        Entry entry = new Entry(standing.address(), standing.sinceMillis());
        entry.state = standing.state();
        entry.cause = standing.cause();
        entry.until = standing.untilMillis();
        entry.successes = standing.successes();
        entry.failures = standing.failures();
        entry.latency = standing.latencyNanos();
        entry.answeredAt = standing.answeredMillis();
        entry.against = standing.against();
        entry.denials = standing.state() == State.DENIED ? 1 : 0;
        origins.computeIfAbsent(origin, o -> new LinkedHashMap<>()).put(standing.address(), entry);
    }

    public Standing standing(Origin origin, InetAddress address, long now) {
        Entry entry = origins.getOrDefault(origin, Map.of()).get(address);
        return entry == null ? Standing.unknown(address) : picture(entry, now);
    }

    /** What is known of one origin. */
    public List<Standing> standings(Origin origin, long now) {
        return origins.getOrDefault(origin, Map.of()).values().stream()
                .map(e -> picture(e, now))
                .toList();
    }

    /** Everything known, as an immutable picture. */
    public Map<Origin, List<Standing>> standings(long now) {
        Map<Origin, List<Standing>> all = new LinkedHashMap<>();
        origins.forEach((origin, entries) -> all.put(
                origin, entries.values().stream().map(e -> picture(e, now)).toList()));
        return all;
    }

    private Move move(Origin origin, Entry entry, State to, String cause, String evidence, long now, long until) {
        Move move = new Move(origin, entry.address, entry.state, to, cause, evidence);
        entry.state = to;
        entry.cause = evidence;
        entry.since = now;
        entry.until = until;
        if (to == State.UNKNOWN || to == State.ALLOWED) {
            entry.against = Family.GOOD;
        }
        return move;
    }

    private Standing picture(Entry entry, long now) {
        decay(entry, now);
        return new Standing(
                entry.address,
                entry.state,
                entry.cause,
                entry.since,
                entry.until,
                entry.successes,
                entry.failures,
                entry.latency,
                entry.answeredAt,
                entry.against,
                entry.spared,
                entry.suspectUntil);
    }

    private void decay(Entry entry, long now) {
        long elapsed = now - entry.decayedAt;
        if (elapsed > 0) {
            double factor = Math.pow(0.5, (double) elapsed / rules.memory().toMillis());
            entry.successes *= factor;
            entry.failures *= factor;
            entry.decayedAt = now;
        }
    }
}
