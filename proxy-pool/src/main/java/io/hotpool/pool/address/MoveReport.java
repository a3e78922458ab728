package io.hotpool.pool.address;

import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.address.AddressLedger.Move;
import io.hotpool.pool.address.Standing.State;
import io.netty.util.NetUtil;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Addresses that went from one list to another, in the log and in metrics. */
final class MoveReport {
    private static final Logger LOG = LoggerFactory.getLogger(IpAccessController.class);

    private final PoolListener events;

    MoveReport(PoolListener events) {
        this.events = events;
    }

    /** @param all of the place, after the move */
    void moved(Move move, List<Standing> all) {
        String counts = "(allowed=" + count(all, State.ALLOWED) + " denied=" + count(all, State.DENIED) + " half_open="
                + count(all, State.HALF_OPEN) + " unknown=" + count(all, State.UNKNOWN) + ")";
        String text = "host " + move.origin().hostPort() + ": address " + NetUtil.toAddressString(move.address()) + " "
                + move.to().label() + ", was " + move.from().label() + ": " + move.evidence() + " " + counts;
        if (move.to() == State.DENIED || move.from() == State.DENIED) {
            LOG.info("{}", text);
        } else {
            LOG.debug("{}", text);
        }
        events.addressMoved(
                move.origin(), move.address(), move.from().label(), move.to().label(), move.cause());
    }

    private static long count(List<Standing> standings, State state) {
        return standings.stream().filter(s -> s.state() == state).count();
    }

    /** @param to {@link State#UNKNOWN}: the rule was taken back */
    void byHand(AddressRule rule, State to, PublishedLists lists) {
        LOG.info(
                "{}: {}{} {} by hand (whitelist={} blacklist={})",
                rule.list().label(),
                rule.block(),
                rule.place() == null ? "" : " for " + rule.place().hostPort(),
                to == State.UNKNOWN ? "removed" : "put",
                lists.size(Kind.WHITELIST),
                lists.size(Kind.BLACKLIST));
        State was = rule.denies() ? State.DENIED : State.ALLOWED;
        String from = to == State.UNKNOWN ? was.label() : State.UNKNOWN.label();
        events.addressMoved(rule.place(), rule.block().network(), from, to.label(), "by_hand");
    }
}
