package io.hotpool.pool.address;

import io.hotpool.pool.address.Standing.State;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * In which order a dial tries the addresses that it may use. Denied ones are left out unless nothing else is left. An
 * address on trial leads when nobody else tries it, and comes last otherwise; one that was out of reach the last time comes
 * after all, until a test reaches it. The others: a session by its own fixed
 * preference; else the better of two drawn at random, then the rest by cost, families alternating (RFC 8305, section 4).
 */
final class Ranking {
    /** IPv6 leads until its best address does less than half as well as the best of IPv4. */
    private static final double WORSE = 0.5;

    private final String session;
    private final boolean testUnknown;
    private final long now;
    private final RandomGenerator random;

    Ranking(String session, boolean testUnknown, long now, RandomGenerator random) {
        this.session = session;
        this.testUnknown = testUnknown;
        this.now = now;
        this.random = random;
    }

    List<InetAddress> order(List<Candidate> permitted) {
        List<Candidate> usable = permitted.stream().filter(c -> !c.denied()).toList();
        List<Candidate> all = usable.isEmpty() ? permitted : usable;
        boolean someKnown = all.stream().anyMatch(Candidate::known);
        List<Candidate> settled = new ArrayList<>();
        List<Candidate> onTrial = new ArrayList<>();
        List<Candidate> shunned = new ArrayList<>();
        all.forEach(c -> (c.shunned(now) ? shunned : onTrial(c, someKnown) ? onTrial : settled).add(c));
        List<Candidate> order = arranged(settled);
        addTrials(order, onTrial);
        order.addAll(arranged(shunned));
        return order.stream().map(Candidate::address).toList();
    }

    private List<Candidate> arranged(List<Candidate> some) {
        return session.isEmpty() ? spread(some) : sticky(some);
    }

    private boolean onTrial(Candidate c, boolean someKnown) {
        if (c.ruled()) {
            return false;
        }
        boolean tested = testUnknown && someKnown && session.isEmpty(); // a session keeps its address, known or not
        return c.state() == State.HALF_OPEN || tested && c.state() == State.UNKNOWN;
    }

    private void addTrials(List<Candidate> order, List<Candidate> onTrial) {
        if (onTrial.isEmpty()) {
            return;
        }
        int first = random.nextInt(onTrial.size());
        boolean settled = !order.isEmpty();
        for (int i = 0; i < onTrial.size(); i++) {
            Candidate c = onTrial.get((first + i) % onTrial.size());
            boolean leads = session.isEmpty() && settled && i == 0 && c.takeTrial(now);
            order.add(leads ? 0 : order.size(), c);
        }
    }

    private List<Candidate> sticky(List<Candidate> settled) {
        List<Candidate> order = new ArrayList<>(settled);
        order.sort(Comparator.comparingInt(
                c -> mixed(31 * session.hashCode() + c.address().hashCode())));
        return order;
    }

    /** Every session ranks the addresses in an order of its own that stays when some of them go (rendezvous hashing). */
    private static int mixed(int hash) {
        int h = hash * 0x9E3779B9;
        h = (h ^ h >>> 16) * 0x85EBCA6B;
        h = (h ^ h >>> 13) * 0xC2B2AE35;
        return h ^ h >>> 16;
    }

    private List<Candidate> spread(List<Candidate> settled) {
        Deque<Candidate> v6 = ranked(settled.stream().filter(Candidate::v6).toList());
        Deque<Candidate> v4 = ranked(settled.stream().filter(c -> !c.v6()).toList());
        boolean v4Leads = best(v6) < WORSE * best(v4) || v6.isEmpty();
        Deque<Candidate> lead = v4Leads ? v4 : v6;
        Deque<Candidate> second = v4Leads ? v6 : v4;
        List<Candidate> order = new ArrayList<>(settled.size());
        while (!lead.isEmpty() || !second.isEmpty()) {
            if (!lead.isEmpty()) {
                order.add(lead.poll());
            }
            if (!second.isEmpty()) {
                order.add(second.poll());
            }
        }
        return order;
    }

    private static double best(Deque<Candidate> family) {
        return family.stream().mapToDouble(Candidate::score).max().orElse(0);
    }

    private Deque<Candidate> ranked(List<Candidate> family) {
        Deque<Candidate> order = new ArrayDeque<>(family.size());
        if (family.size() > 1) {
            int a = random.nextInt(family.size());
            int b = (a + 1 + random.nextInt(family.size() - 1)) % family.size();
            order.add(family.get(a).cost(now) <= family.get(b).cost(now) ? family.get(a) : family.get(b));
        }
        family.stream()
                .filter(c -> !order.contains(c))
                .sorted(Comparator.comparingDouble(c -> c.cost(now)))
                .forEach(order::add);
        return order;
    }
}
