package io.hotpool.pool.shard;

import io.hotpool.pool.Egress;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.UpstreamConnection;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.shard.PooledConnection.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Three shards and the caps over them, driven by chance for a million steps, every invariant looked at after each. */
class PoolStateRandomTest {
    private static final int STEPS = 1_000_000;
    private static final int SHARDS = 3;
    private static final int HOSTS = 3; // per shard
    private static final int KEYS = 2; // per host

    private final BrowserProfile profile = TestProfiles.named("test");
    private final ArrayDeque<Runnable> control = new ArrayDeque<>();
    private final List<World> worlds = new ArrayList<>();
    private SplittableRandom random = new SplittableRandom();
    private ConnectionPermits permits = new ConnectionPermits(1, 1, control::add);
    private int maxConnections = 9;
    private int maxIdle = 5;
    private int perHost = 3;
    private int pending = 6;
    private int minHot;
    private long now;

    @Test
    void every_invariant_holds_over_a_million_random_steps() {
        long seed = Long.getLong("seed", System.nanoTime());
        int step = 0;
        try {
            start(seed);
            for (; step < STEPS; step++) {
                act();
                worlds.forEach(World::check);
                checkCaps();
            }
            finish();
        } catch (Throwable t) {
            throw new AssertionError("step " + step + ", run again with -Dseed=" + seed + ": " + t, t);
        }
    }

    private void start(long seed) {
        random = new SplittableRandom(seed);
        now = random.nextLong(); // any origin, as nanoTime has
        now = now / 4;
        permits = new ConnectionPermits(maxConnections, maxIdle, control::add);
        for (int i = 0; i < SHARDS; i++) {
            worlds.add(new World(i));
        }
        permits.sources(worlds);
    }

    private void act() {
        World world = worlds.get(random.nextInt(SHARDS));
        switch (random.nextInt(37)) {
            case 0, 1, 2, 3, 4, 5 -> world.acquire();
            case 6, 7, 8, 9, 10 -> world.release();
            case 11, 12, 13 -> world.dialSucceeds();
            case 14 -> world.dialFails();
            case 15 -> world.connectionDies();
            case 16 -> world.goAway();
            case 17 -> world.cancel();
            case 18, 19 -> world.closeEnds();
            case 20 -> runControl();
            case 23 -> world.warm();
            case 24 -> world.state.warmer.refill(now);
            case 25, 26 -> world.checkBegins();
            case 27, 28 -> world.checkEnds();
            case 29, 30 -> world.testBegins();
            case 31 -> world.testEnds();
            case 32 -> world.hold();
            case 33, 34, 35 -> world.held.act();
            case 21 -> runOneControl();
            case 22 -> {
                now += random.nextInt(40);
                world.state.expire(now);
            }
            default -> rarely(world);
        }
        if (random.nextInt(4) == 0) {
            runControl();
        }
    }

    private void rarely(World world) {
        switch (random.nextInt(400)) {
            case 0 -> {
                perHost = 1 + random.nextInt(4);
                pending = random.nextInt(8);
                minHot = random.nextInt(3);
                worlds.forEach(w -> w.state.limits(limits(), now));
            }
            case 1 -> {
                maxConnections = 3 + random.nextInt(10);
                maxIdle = random.nextInt(8);
                permits.limits(maxConnections, maxIdle);
            }
            case 2 -> world.state.retirements.retire(c -> true, CloseReason.DRAINED);
            case 3 -> now += 2_000_000_000L;
            case 4 -> world.state.retirements.oldestIdle(CloseReason.MAX_IDLE);
            default -> world.capacityChanges();
        }
    }

    private Limits limits() {
        return new Limits(perHost, pending, 300, 2_000, 500, minHot);
    }

    private void runOneControl() {
        Runnable task = control.poll();
        if (task != null) {
            task.run();
        }
    }

    private void runControl() {
        while (!control.isEmpty()) {
            control.poll().run();
        }
    }

    private void checkCaps() {
        int counted = 0;
        int idle = 0;
        int unused = 0;
        int staying = 0;
        for (World world : worlds) {
            unused += world.state.idles.unused().size();
            counted += world.state.all().size() + world.permitsOnTheWay + world.tests.size();
            staying += world.state.tests.staying();
            idle += world.state.idles.used().size();
        }
        require(permits.taken() == counted, "permits taken " + permits.taken() + ", connections " + counted);
        if (quiet()) {
            permits.trim();
        }
        if (quiet()) {
            require(idle <= maxIdle, "idle " + idle + " of " + maxIdle);
            boolean starving = worlds.stream()
                    .flatMap(w -> w.state.hosts().stream())
                    .anyMatch(h -> h.awaitsPermit && worlds.stream().allMatch(w -> w.permitsOnTheWay == 0));
            require(!starving || permits.taken() >= maxConnections, "a host starves beside a free permit");
            require(!starving || idle + unused == 0, "a host starves beside an idle connection");
            require(!starving || staying == 0, "a host starves beside a test");
        }
    }

    private boolean quiet() {
        return control.isEmpty() && worlds.stream().allMatch(w -> w.orders.isEmpty());
    }

    /** Lets everything end: nobody may be left waiting, no connection and no permit left over. */
    private void finish() {
        for (int round = 0; round < 1000; round++) {
            runControl();
            for (World world : worlds) {
                while (world.dialing()) {
                    world.dialSucceeds();
                }
                while (!world.leased.isEmpty()) {
                    world.release();
                }
                world.held.finish();
                while (!world.tests.isEmpty()) {
                    world.testEnds();
                }
                while (!world.checks.isEmpty()) {
                    world.checkEnds();
                }
                world.state.inspections.retireQuarantined();
                while (!world.closing.isEmpty()) {
                    world.closeEnds();
                }
                world.runOrders();
            }
        }
        now += 1_000;
        worlds.forEach(w -> w.state.expire(now));
        for (World world : worlds) {
            world.state.retirements.retire(c -> true, CloseReason.SHUTDOWN);
            while (!world.closing.isEmpty()) {
                world.closeEnds();
            }
            require(!world.held.any(), "a lease that never came back");
            require(world.waiting.isEmpty(), "left waiting: " + world.waiting.size());
            require(
                    world.state.all().isEmpty(),
                    "left over: " + world.state.all().size());
            require(world.state.idles.used().size() + world.state.idles.unused().size() == 0, "idle list not empty");
        }
        runControl();
        require(permits.taken() == 0, "permits left: " + permits.taken());
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    /** One shard with its fake connections. */
    private final class World implements Shell, ConnectionPermits.Source, HeldByChance.Shard {
        final PoolState state = new PoolState(limits(), () -> random.nextDouble(), this);
        final List<PoolKey> keys = new ArrayList<>();
        final List<PooledConnection> dials = new ArrayList<>();
        final List<PooledConnection> leased = new ArrayList<>();
        final List<PooledConnection> closing = new ArrayList<>();
        final List<PooledConnection> checks = new ArrayList<>();
        final HeldByChance held = new HeldByChance(random, this);
        final List<Guest> tests = new ArrayList<>();
        final Set<Waiting> waiting = new HashSet<>();
        final ArrayDeque<Runnable> orders = new ArrayDeque<>();
        int permitsOnTheWay;
        private int leases;

        World(int number) {
            for (int h = 0; h < HOSTS; h++) {
                for (int k = 0; k < KEYS; k++) {
                    Origin origin = Origin.https("h" + h + ".s" + number, 443);
                    keys.add(new PoolKey(origin, profile, Egress.DIRECT, "session" + k, true, false, null));
                }
            }
        }

        final class Waiting implements Waiter.Receiver {
            Waiter waiter;
            boolean answered;

            @Override
            public void acquired(PooledConnection c, boolean created) {
                require(!answered, "answered twice");
                answered = true;
                waiting.remove(this);
                take(c);
            }

            @Override
            public void refused(Fault fault) {
                require(!answered, "answered twice");
                answered = true;
                waiting.remove(this);
            }
        }

        void acquire() {
            PoolKey key = keys.get(random.nextInt(keys.size()));
            PooledConnection hot = state.acquireNow(key, now);
            if (hot != null) {
                require(hot.key().equals(key), "a connection of another key");
                take(hot);
                return;
            }
            Waiting receiver = new Waiting();
            waiting.add(receiver);
            Waiter waiter = state.acquireLater(key, false, receiver, now);
            if (waiter == null) {
                waiting.remove(receiver);
            } else {
                receiver.waiter = waiter;
            }
        }

        void take(PooledConnection c) {
            require(c.leases <= c.capacity, "more leases than capacity");
            require(!c.quarantined && !c.reserved, "leased though it is kept back");
            require(c.isReady() && c.state != State.DRAINING && c.state != State.CLOSED, "leased " + c.state);
            leased.add(c);
            upstream(c).active = running(c);
        }

        private int running(PooledConnection c) {
            return (int) leased.stream().filter(l -> l == c).count() + held.running(c);
        }

        /** A program takes a lease, and sends nothing yet. */
        void hold() {
            PooledConnection c = state.acquireNow(keys.get(random.nextInt(keys.size())), now);
            if (c != null) {
                held.hold(c);
            }
        }

        @Override
        public void later(Runnable task) {
            orders.add(task);
        }

        @Override
        public void changed(PooledConnection c) {
            upstream(c).active = running(c);
            tellChange(c);
        }

        @Override
        public void release(PooledConnection c, boolean failed) {
            state.release(c, failed, now);
            idleAppeared(c);
        }

        void release() {
            if (leased.isEmpty()) {
                return;
            }
            PooledConnection c = leased.remove(random.nextInt(leased.size()));
            upstream(c).active = running(c);
            if (random.nextBoolean()) {
                tellChange(c);
                state.release(c, false, now);
            } else {
                state.release(c, random.nextBoolean(), now);
                tellChange(c);
            }
            idleAppeared(c);
        }

        private void tellChange(PooledConnection c) {
            FakeConnection up = upstream(c);
            if (c.state != State.CLOSED) {
                state.changed(c, up.capacity, up.active, up.accepting, now);
            }
            if (!up.accepting && up.active == 0 && c.state != State.CLOSED && !closing.contains(c)) {
                closing.add(c);
            }
        }

        void capacityChanges() {
            List<PooledConnection> usable = ready();
            if (!usable.isEmpty()) {
                PooledConnection c = usable.get(random.nextInt(usable.size()));
                if (c.protocol() == Protocol.H2) {
                    upstream(c).capacity = 1 + random.nextInt(3);
                    tellChange(c);
                    idleAppeared(c);
                }
            }
        }

        boolean dialing() {
            return !dials.isEmpty();
        }

        void dialSucceeds() {
            if (dials.isEmpty()) {
                return;
            }
            PooledConnection c = dials.remove(random.nextInt(dials.size()));
            boolean h1 = c.key().origin().host().startsWith("h0");
            state.connected(c, new FakeConnection(h1 ? Protocol.H1 : Protocol.H2, h1 ? 1 : 3), now);
            idleAppeared(c);
        }

        void dialFails() {
            if (!dials.isEmpty()) {
                PooledConnection c = dials.remove(random.nextInt(dials.size()));
                state.dialFailed(c, Fault.of(FaultKind.CONNECT_REFUSED, "no"), now);
            }
        }

        void connectionDies() {
            List<PooledConnection> usable = ready();
            if (usable.isEmpty()) {
                return;
            }
            PooledConnection c = usable.get(random.nextInt(usable.size()));
            upstream(c).accepting = false;
            upstream(c).active = 0;
            boolean releasedFirst = random.nextBoolean();
            if (releasedFirst) {
                releaseAll(c);
            }
            closing.remove(c);
            state.closed(c, now);
            if (!releasedFirst) {
                releaseAll(c);
            }
            held.died(c);
            if (random.nextBoolean()) {
                state.inspections.suspect(c, CloseReason.PEER_CLOSED);
            }
        }

        private void releaseAll(PooledConnection c) {
            while (leased.remove(c)) {
                state.release(c, true, now);
            }
        }

        void goAway() {
            List<PooledConnection> usable = ready();
            if (!usable.isEmpty()) {
                PooledConnection c = usable.get(random.nextInt(usable.size()));
                upstream(c).accepting = false;
                tellChange(c);
            }
        }

        void warm() {
            PoolKey key = keys.get(random.nextInt(keys.size()));
            int before = state.all().size();
            state.warmer.warm(key, warming);
            require(warming.refusals > 0 || state.all().size() == before + 1, "neither dialled nor refused");
            warming.refusals = 0;
        }

        final Warmings warming = new Warmings();

        static final class Warmings implements Warming {
            int refusals;

            @Override
            public void opened(UpstreamConnection connection) {}

            @Override
            public void failed(Fault fault) {}

            @Override
            public void refused(Refusal why) {
                refusals++;
            }
        }

        /** As the shard does it: HTTP/1.1 is asked on the connection itself, which is nobody else's meanwhile. */
        void checkBegins() {
            List<PooledConnection> idle =
                    ready().stream().filter(c -> c.idle() && !c.checking).toList();
            if (!idle.isEmpty()) {
                PooledConnection c = idle.get(random.nextInt(idle.size()));
                c.checking = true;
                checks.add(c);
                if (c.protocol() == Protocol.H1) {
                    state.inspections.reserve(c);
                }
            }
        }

        void checkEnds() {
            if (!checks.isEmpty()) {
                PooledConnection c = checks.remove(random.nextInt(checks.size()));
                state.inspections.checked(c, random.nextInt(4) > 0, random.nextBoolean(), now);
                idleAppeared(c);
            }
        }

        void testBegins() {
            Origin origin = keys.get(random.nextInt(keys.size())).origin();
            Guest guest = new Guest();
            guest.place = state.placeForTest(origin, guest::giveWay);
            if (guest.place != null) {
                require(guest.place.host.waiting == 0, "a test goes before those who wait");
                require(guest.place.host.sockets() <= perHost, "a test over the cap of its host");
                require(permits.taken() <= maxConnections, "a test over the cap of all");
                tests.add(guest);
            }
        }

        /** Leaves on the spot while it is dialled, and later when it has a connection to close. */
        final class Guest {
            TestPlaces.Place place;
            boolean asked;

            void giveWay() {
                require(!asked && tests.contains(this), "asked twice, or after it left");
                asked = true;
                if (random.nextBoolean()) {
                    tests.remove(this);
                    state.leave(place, now);
                }
            }
        }

        void testEnds() {
            if (!tests.isEmpty()) {
                state.leave(tests.remove(random.nextInt(tests.size())).place, now);
            }
        }

        void cancel() {
            if (!waiting.isEmpty()) {
                Waiting w = waiting.iterator().next();
                waiting.remove(w);
                w.answered = true;
                state.cancel(w.waiter);
            }
        }

        void closeEnds() {
            if (!closing.isEmpty()) {
                PooledConnection c = closing.remove(random.nextInt(closing.size()));
                state.closed(c, now);
            }
            runOrders();
        }

        void runOrders() {
            while (!orders.isEmpty()) {
                orders.poll().run();
            }
        }

        private List<PooledConnection> ready() {
            return state.all().stream().filter(PooledConnection::usable).toList();
        }

        private FakeConnection upstream(PooledConnection c) {
            return (FakeConnection) c.upstream();
        }

        private void idleAppeared(PooledConnection c) {
            if (c.idle()) {
                permits.idleAppeared();
            }
        }

        @Override
        public boolean takePermit() {
            return permits.take();
        }

        @Override
        public void returnPermit() {
            permits.giveBack();
        }

        @Override
        public void awaitPermit(HostState host) {
            permits.await(
                    () -> {
                        permitsOnTheWay++;
                        orders.add(() -> {
                            permitsOnTheWay--;
                            state.permitGranted(host, now);
                        });
                    },
                    now);
        }

        @Override
        public boolean mustYield(HostState host, long oldestWaiter, long now) {
            return permits.mustYield(host.connections.size(), oldestWaiter, now);
        }

        @Override
        public void dial(PooledConnection connection, boolean retry) {
            require(connection.host.sockets() <= perHost, "a dial over the cap of its host");
            dials.add(connection);
        }

        @Override
        public void retire(PooledConnection c, CloseReason reason) {
            FakeConnection up = upstream(c);
            up.accepting = false;
            if (up.active > 0) {
                return; // closes when its exchanges are done
            }
            if (random.nextBoolean()) {
                state.closed(c, now);
            } else {
                closing.add(c);
            }
        }

        @Override
        public long oldestIdleSince() {
            return state.idles.used().oldestSince();
        }

        @Override
        public long oldestUnusedSince() {
            return state.idles.unused().oldestSince();
        }

        @Override
        public int tests() {
            return state.tests.staying();
        }

        @Override
        public int idleCount() {
            return state.idles.used().size();
        }

        @Override
        public void closeOldestIdle(CloseReason reason, Consumer<Boolean> done) {
            orders.add(() -> done.accept(state.retirements.oldestIdle(reason)));
        }

        void check() {
            int idle = 0;
            int queued = 0;
            leases = 0;
            for (HostState host : state.hosts()) {
                checkHost(host);
                idle += host.idle();
                queued += host.waiting;
            }
            require(leases <= leased.size() + held.size(), "leases that nobody has: " + leases);
            require(queued == waiting.size(), "waiting " + queued + ", known " + waiting.size());
            int listed = state.idles.used().size() + state.idles.unused().size();
            require(idle == listed, "idle " + idle + ", listed " + listed);
            checkOrder(state.idles.used(), false);
            checkOrder(state.idles.unused(), true);
        }

        private void checkOrder(IdleList list, boolean unused) {
            long before = Long.MIN_VALUE;
            for (PooledConnection c = list.oldest(); c != null; c = c.newer) {
                require(c.idle() && c.lastUsed >= before, "idle list out of order");
                require(c.unused() == unused, "in the wrong list");
                before = c.lastUsed;
            }
        }

        private void checkHost(HostState host) {
            int waitingHere = 0;
            int keyed = 0;
            int coming = 0;
            KeyState longing = null;
            for (KeyState key : host.keys.values()) {
                waitingHere += key.waiters.size();
                keyed += key.connections.size();
                boolean free = false;
                for (PooledConnection c : key.connections) {
                    require(c.leases >= 0 && c.state != State.CLOSED, "dead connection kept");
                    leases += c.leases;
                    require(c.key == key && c.host == host, "connection of another key");
                    free |= c.free();
                    coming += c.state == State.CONNECTING ? 1 : 0;
                }
                require(!free || key.waiters.isEmpty(), "somebody waits beside a free connection");
                longing = key.uncovered() > 0 ? key : longing;
            }
            require(waitingHere == host.waiting, "host.waiting");
            require(keyed == host.connections.size(), "connections of keys and host differ");
            require(coming == 0 || !dials.isEmpty(), "a dial that nobody makes");
            require(!host.pumping && host.permits == 0, "pump did not end");
            List<Guest> testing =
                    tests.stream().filter(t -> t.place.host == host).toList();
            require(host.tests == testing.size(), "tests " + host.tests + ", known " + testing.size());
            if (longing != null) {
                boolean full = host.sockets() >= perHost;
                boolean givesWay = testing.isEmpty() || testing.stream().anyMatch(t -> t.asked);
                require(!full || givesWay, "no test gives way to a waiter");
                require(full || host.awaitsPermit, "a waiter without a dial, below the caps " + host.counts());
                boolean leaving =
                        !testing.isEmpty() || host.connections.stream().anyMatch(c -> c.state == State.DRAINING);
                require(host.awaitsPermit || leaving || host.idle() == 0, "no room made " + host.counts());
            }
        }
    }
}
