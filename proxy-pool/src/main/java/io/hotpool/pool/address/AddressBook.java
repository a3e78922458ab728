package io.hotpool.pool.address;

import io.hotpool.pool.PoolConfig.Access.Unknown;
import io.hotpool.pool.address.Standing.State;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is published of rules and learned standings: immutable pages, one per host and port, replaced by the control thread
 * and read by every dial. Thread-safe.
 */
public final class AddressBook {
    /** @param trial shared by successive lines until it is decided */
    record Line(Standing standing, Trial trial) {}

    private record Law(List<AddressRule> rules, Unknown unknown) {}

    private final LongSupplier millis;
    private final Map<Origin, Map<InetAddress, Line>> pages = new ConcurrentHashMap<>();
    private volatile Law law = new Law(List.of(), Unknown.ALLOW);

    public AddressBook(LongSupplier millis) {
        this.millis = millis;
    }

    /** Evidence and lists are by host and port: the scheme of an origin is of no matter. */
    public static Origin place(Origin origin) {
        return origin.scheme().equals("tcp") ? origin : new Origin("tcp", origin.host(), origin.port());
    }

    void law(List<AddressRule> rules, Unknown unknown) {
        law = new Law(List.copyOf(rules), unknown);
    }

    List<AddressRule> rules() {
        return law.rules();
    }

    /** Replaces a page; an empty one goes. Control thread. */
    void publish(Origin place, List<Standing> standings) {
        if (standings.isEmpty()) {
            pages.remove(place);
            return;
        }
        Map<InetAddress, Line> before = pages.getOrDefault(place, Map.of());
        Map<InetAddress, Line> page = new LinkedHashMap<>();
        for (Standing standing : standings) {
            Line old = before.get(standing.address());
            Trial trial = old == null || decided(old.standing(), standing) ? new Trial() : old.trial();
            page.put(standing.address(), new Line(standing, trial));
        }
        pages.put(place, page);
    }

    /** Did a trial end: by a verdict, or for an unknown address by anything that was seen? */
    private static boolean decided(Standing before, Standing after) {
        boolean seen = after.successes() > before.successes() || after.failures() > before.failures();
        return before.state() != after.state() || after.state() == State.UNKNOWN && seen;
    }

    Map<Origin, Map<InetAddress, Line>> pages() {
        return pages;
    }

    /**
     * The addresses that a dial may use, in the order to try them; never none.
     *
     * @param session sticks to one address while that is usable; empty: spread
     * @param load connections to an address that are open or under way
     * @throws Fault ADDRESS_DENIED when a list leaves none
     */
    public List<InetAddress> choose(
            Origin origin, List<InetAddress> addresses, String session, ToIntFunction<InetAddress> load) {
        Origin place = place(origin);
        long now = millis.getAsLong();
        Law law = this.law;
        Map<InetAddress, Line> page = pages.getOrDefault(place, Map.of());
        List<Candidate> permitted = new ArrayList<>(addresses.size());
        for (InetAddress address : addresses) {
            AddressRule rule = ruling(law, place, address, now);
            Line line = page.get(address);
            Candidate candidate = new Candidate(address, line, rule != null, load.applyAsInt(address));
            if (rule != null ? !rule.denies() : law.unknown() != Unknown.DENY || candidate.state() == State.ALLOWED) {
                permitted.add(candidate);
            }
        }
        if (permitted.isEmpty()) {
            throw denied(origin, addresses, law, now);
        }
        return new Ranking(session, law.unknown() == Unknown.TEST, now, ThreadLocalRandom.current()).order(permitted);
    }

    private static Fault denied(Origin origin, List<InetAddress> addresses, Law law, long now) {
        InetAddress first = addresses.get(0);
        AddressRule rule = ruling(law, place(origin), first, now);
        String why = rule == null
                ? " is on no white list, and access.unknown = \"deny\""
                : " is denied by " + rule.block() + " (" + rule.entry().evidence() + ")";
        String more = addresses.size() == 1 ? "" : ", and so are the other " + (addresses.size() - 1);
        String text = "host " + origin.hostPort() + ": " + NetUtil.toAddressString(first) + why + more;
        return Fault.unprocessed(FaultKind.ADDRESS_DENIED, text, null).at(origin.host(), first);
    }

    /** May nothing at all be sent there, by a rule? */
    public boolean ruledOut(Origin origin, InetAddress address) {
        AddressRule rule = ruling(law, place(origin), address, millis.getAsLong());
        return rule != null && rule.denies();
    }

    @Nullable
    AddressRule ruling(Origin place, InetAddress address) {
        return ruling(law, place, address, millis.getAsLong());
    }

    private static @Nullable AddressRule ruling(Law law, Origin place, InetAddress address, long now) {
        AddressRule ruling = null;
        for (AddressRule rule : law.rules()) {
            if (rule.matches(place, address, now) && (ruling == null || rule.prevails(ruling))) {
                ruling = rule;
            }
        }
        return ruling;
    }
}
