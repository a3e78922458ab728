package io.hotpool.pool.address;

import io.hotpool.pool.AddressLists;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolConfig.Access;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.address.AddressLedger.Move;
import io.hotpool.pool.address.Observation.Family;
import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.address.Retests.Subject;
import io.hotpool.pool.address.Standing.State;
import io.hotpool.pool.http.Origin;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which addresses may be used: rules that were configured or made by hand, and below them what the {@link AddressLedger}
 * learns from observations. What follows is published in the {@link AddressBook}, logged, metered and kept in a file. Owner:
 * the control thread; the methods of {@link AddressLists} and {@link #observer} may be called from any thread.
 */
public final class IpAccessController implements AddressLists {
    private static final Logger LOG = LoggerFactory.getLogger(IpAccessController.class);
    private static final int MAX_BY_HAND = 10_000;
    private static final long NEVER = Long.MAX_VALUE;

    /** What has to happen to open connections. Called on the control thread. */
    public interface Consequences {
        /** Rules have changed: nothing may stay open to what they deny. */
        void enforceRules();

        /** What is learned speaks against an address: its connections take no more requests. */
        void retire(Origin place, InetAddress address);

        /** The host has that address no longer: its connections drain. */
        void left(Origin place, InetAddress address);

        /** One connection and one request, that nobody waits for; as in {@link Retester.Tester}. */
        CompletionStage<TestResult> test(Origin place, InetAddress address);
    }

    private final Executor control;
    private final Clock clock;
    private final MoveReport report;
    private final AddressBook book;
    private final PublishedLists lists;
    private final AddressLedger ledger;
    private final Retester retester;
    private final Residents residents = new Residents();
    private final @Nullable LedgerFile file;
    private final Map<EventLoop, LoopObservations> observers = new ConcurrentHashMap<>();

    // The control thread's.
    private Consequences consequences = new Consequences() {
        @Override
        public void enforceRules() {}

        @Override
        public void retire(Origin place, InetAddress address) {}

        @Override
        public void left(Origin place, InetAddress address) {}

        @Override
        public CompletionStage<TestResult> test(Origin place, InetAddress address) {
            return CompletableFuture.completedStage(TestResult.UNUSED);
        }
    };
    private List<AddressRule> configured = List.of();
    private List<AddressRule> byHand = new ArrayList<>();
    private Access access;
    private Duration namesInterval;
    private Duration retestInterval;
    private boolean unsaved;

    /** Reads the state file; blocks. */
    public IpAccessController(PoolConfig config, Executor control, Clock clock, PoolListener events) {
        this.access = config.access();
        this.namesInterval = config.dnsUpdateInterval();
        this.control = control;
        this.clock = clock;
        this.report = new MoveReport(events);
        this.book = new AddressBook(clock::millis);
        this.lists = new PublishedLists(book);
        this.ledger = new AddressLedger(LedgerRules.of(access));
        this.retester = new Retester(control, book, events);
        this.retestInterval = config.blacklistCheckInterval();
        this.file = access.stateFile() == null ? null : new LedgerFile(access.stateFile());
        LedgerFile.Content kept = file == null ? LedgerFile.Content.NONE : file.read();
        byHand.addAll(kept.byHand());
        kept.standings().forEach((place, all) -> all.forEach(standing -> ledger.restore(place, standing)));
        configured = AddressRule.configured(access, clock.millis());
        enact();
        kept.standings().keySet().forEach(this::publish);
    }

    public AddressBook book() {
        return book;
    }

    public void consequences(Consequences consequences) {
        control.execute(() -> this.consequences = consequences);
    }

    /** For what is seen on that loop. */
    public AddressObserver observer(EventLoop loop) {
        return observers.computeIfAbsent(
                loop, l -> new LoopObservations(l, batch -> control.execute(() -> take(batch))));
    }

    void take(LoopObservations.Batch batch) {
        long now = clock.millis();
        Set<Origin> touched = new LinkedHashSet<>();
        batch.resolved().forEach((place, answers) -> {
            touched.add(place);
            for (List<InetAddress> addresses : answers) {
                ledger.resolved(place, addresses, now);
                drainLeft(place, addresses, now);
            }
        });
        for (Observation seen : batch.seen()) {
            touched.add(seen.origin());
            moved(ledger.observe(seen, now), touched);
        }
        touched.forEach(this::publish);
    }

    /** Names are asked again within their interval: what half of it does not bring back is gone. */
    private void drainLeft(Origin place, List<InetAddress> addresses, long now) {
        for (InetAddress address : residents.answered(place, addresses, now, namesInterval.toMillis() / 2)) {
            LOG.info(
                    "host {}: address {} is no longer one of its {}; connections to it drain",
                    place.hostPort(),
                    NetUtil.toAddressString(address),
                    addresses.size());
            consequences.left(place, address);
        }
    }

    /** What has lasted its time ends, and what changed is saved. Control thread, every second or so. */
    public void tick() {
        long now = clock.millis();
        Set<Origin> touched = new LinkedHashSet<>();
        moved(ledger.expire(now), touched);
        touched.forEach(this::publish);
        if (byHand.removeIf(rule -> rule.untilMillis() <= now)) {
            enact();
        }
        for (Origin place : List.copyOf(book.pages().keySet())) {
            if (ledger.standings(place, now).isEmpty()) {
                publish(place);
            }
        }
        retester.begin(now, retestInterval.toMillis(), consequences::test, this::retested);
        save();
    }

    private void retested(Subject subject, int status) {
        boolean good = Outcome.ofStatus(status).family() == Family.GOOD;
        Set<Origin> touched = new LinkedHashSet<>();
        moved(
                ledger.retested(subject.place(), subject.address(), good, clock.millis()).stream()
                        .toList(),
                touched);
        touched.forEach(this::publish);
    }

    /** Takes effect at once. */
    public void update(PoolConfig config) {
        control.execute(() -> {
            namesInterval = config.dnsUpdateInterval();
            retestInterval = config.blacklistCheckInterval();
            Access changed = config.access();
            boolean lists = !changed.whitelist().equals(access.whitelist())
                    || !changed.blacklist().equals(access.blacklist())
                    || changed.unknown() != access.unknown();
            access = changed;
            ledger.rules(LedgerRules.of(changed));
            if (lists) {
                configured = AddressRule.configured(changed, clock.millis());
                enact();
            }
        });
    }

    private void enact() {
        List<AddressRule> all = new ArrayList<>(configured);
        all.addAll(byHand);
        book.law(all, access.unknown());
        consequences.enforceRules();
    }

    private void moved(Collection<Move> moves, Set<Origin> touched) {
        for (Move move : moves) {
            touched.add(move.origin());
            unsaved = true;
            report.moved(move, ledger.standings(move.origin(), clock.millis()));
            if (move.to() == State.DENIED) {
                consequences.retire(move.origin(), move.address());
            }
        }
    }

    private void publish(Origin place) {
        book.publish(place, ledger.standings(place, clock.millis()));
    }

    private void save() {
        if (!unsaved || file == null) {
            return;
        }
        unsaved = false;
        Map<Origin, List<Standing>> learned = new LinkedHashMap<>();
        ledger.standings(clock.millis()).forEach((place, all) -> {
            List<Standing> listed =
                    all.stream().filter(s -> s.state() != State.UNKNOWN).toList();
            if (!listed.isEmpty()) {
                learned.put(place, listed);
            }
        });
        try {
            file.write(new LedgerFile.Content(List.copyOf(byHand), learned));
        } catch (IOException e) {
            LOG.warn("learned addresses cannot be saved: {}", e.toString());
        }
    }

    /** Saves what is not saved yet. */
    public void close() {
        control.execute(this::save);
    }

    @Override
    public List<Entry> entries(Kind list) {
        return lists.entries(list);
    }

    @Override
    public int size(Kind list) {
        return lists.size(list);
    }

    @Override
    public List<Address> addresses(String host, int port) {
        return lists.addresses(
                (place, address) -> place.host().equalsIgnoreCase(host) && (port == 0 || place.port() == port));
    }

    @Override
    public List<Address> addresses(InetAddress address) {
        return lists.addresses((place, known) -> known.equals(address));
    }

    @Override
    public CompletionStage<Entry> put(
            Kind list, AddressBlock block, @Nullable Origin origin, @Nullable Duration duration) {
        Origin place = origin == null ? null : AddressBook.place(origin);
        CompletableFuture<Entry> done = new CompletableFuture<>();
        control.execute(() -> {
            if (byHand.size() >= MAX_BY_HAND) {
                done.completeExceptionally(
                        new IllegalArgumentException("there are " + MAX_BY_HAND + " entries by hand already"));
                return;
            }
            long now = clock.millis();
            byHand.removeIf(rule -> rule.same(block, place));
            AddressRule rule = new AddressRule(
                    list, block, place, Source.BY_HAND, now, duration == null ? NEVER : now + duration.toMillis());
            byHand.add(rule);
            byHandChanged(rule, list == Kind.WHITELIST ? State.ALLOWED : State.DENIED);
            done.complete(rule.entry());
        });
        return done;
    }

    private void byHandChanged(AddressRule rule, State to) {
        unsaved = true;
        report.byHand(rule, to, lists);
        enact();
        save();
    }

    @Override
    public CompletionStage<Integer> remove(Kind list, AddressBlock block, @Nullable Origin origin) {
        Origin place = origin == null ? null : AddressBook.place(origin);
        CompletableFuture<Integer> done = new CompletableFuture<>();
        control.execute(() -> {
            List<AddressRule> gone = byHand.stream()
                    .filter(rule -> rule.list() == list && rule.same(block, place))
                    .toList();
            byHand.removeAll(gone);
            gone.forEach(rule -> byHandChanged(rule, State.UNKNOWN));
            done.complete(gone.size() + forget(list, block, place));
        });
        return done;
    }

    private int forget(Kind list, AddressBlock block, @Nullable Origin place) {
        List<Move> moves = new ArrayList<>();
        lists.learned(list)
                .filter(entry -> block.contains(entry.block().network()))
                .filter(entry -> place == null || place.equals(entry.origin()))
                .forEach(entry -> {
                    assert entry.origin() != null;
                    ledger.forget(entry.origin(), entry.block().network(), clock.millis())
                            .ifPresent(moves::add);
                });
        Set<Origin> touched = new LinkedHashSet<>();
        moved(moves, touched);
        touched.forEach(this::publish);
        save();
        return moves.size();
    }
}
