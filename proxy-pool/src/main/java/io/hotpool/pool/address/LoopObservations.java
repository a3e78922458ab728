package io.hotpool.pool.address;

import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.http.Origin;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What one loop has seen since it last reported: equal outcomes of an address that follow each other are one observation.
 * Handed to the control thread every {@link #PERIOD_MILLIS} while there is something. Owner: its loop.
 */
final class LoopObservations implements AddressObserver {
    private static final long PERIOD_MILLIS = 100;

    /**
     * A report. Origins are {@linkplain AddressBook#place places}.
     *
     * @param resolved the different answers, in order
     */
    record Batch(Map<Origin, List<List<InetAddress>>> resolved, List<Observation> seen) {}

    private static final class Run {
        final Outcome outcome;
        int count;
        long nanos;

        Run(Outcome outcome) {
            this.outcome = outcome;
        }
    }

    private final EventLoop loop;
    private final Consumer<Batch> report;
    private Map<Origin, Map<InetAddress, List<Run>>> seen = new HashMap<>();
    private Map<Origin, List<List<InetAddress>>> resolved = new HashMap<>();
    private boolean scheduled;

    LoopObservations(EventLoop loop, Consumer<Batch> report) {
        this.loop = loop;
        this.report = report;
    }

    @Override
    public void seen(Origin origin, InetAddress address, Outcome outcome, long latencyNanos) {
        assert loop.inEventLoop();
        List<Run> runs = seen.computeIfAbsent(origin, o -> new LinkedHashMap<>())
                .computeIfAbsent(address, a -> new ArrayList<>(1));
        Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        if (last == null || last.outcome != outcome) {
            last = new Run(outcome);
            runs.add(last);
        }
        last.count++;
        last.nanos += latencyNanos;
        schedule();
    }

    @Override
    public void resolved(Origin origin, List<InetAddress> addresses) {
        assert loop.inEventLoop();
        List<List<InetAddress>> answers =
                resolved.computeIfAbsent(AddressBook.place(origin), place -> new ArrayList<>(1));
        if (answers.isEmpty() || !answers.get(answers.size() - 1).equals(addresses)) {
            answers.add(addresses);
        }
        schedule();
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            loop.schedule(this::flush, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void flush() {
        scheduled = false;
        List<Observation> observations = new ArrayList<>();
        seen.forEach((origin, addresses) -> {
            Origin place = AddressBook.place(origin);
            addresses.forEach((address, runs) -> runs.forEach(run ->
                    observations.add(new Observation(place, address, run.outcome, run.count, run.nanos / run.count))));
        });
        Batch batch = new Batch(resolved, observations);
        seen = new HashMap<>();
        resolved = new HashMap<>();
        report.accept(batch);
    }
}
