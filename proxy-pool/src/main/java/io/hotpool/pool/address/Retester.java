package io.hotpool.pool.address;

import io.hotpool.pool.PoolListener;
import io.hotpool.pool.address.AddressBook.Line;
import io.hotpool.pool.address.Retests.Subject;
import io.hotpool.pool.http.Origin;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Has tests made of what is due, and hands on how they ended. Owner: the control thread. */
final class Retester {
    private final Executor control;
    private final AddressBook book;
    private final PoolListener events;
    private final Retests retests =
            new Retests(() -> ThreadLocalRandom.current().nextDouble());

    /** Makes a test: one connection, and one request on it. */
    @FunctionalInterface
    interface Tester {
        /** @return the status of the answer, 0: none, there is no reaching it; null: nobody uses the host now */
        CompletionStage<@Nullable Integer> test(Origin place, InetAddress address);
    }

    Retester(Executor control, AddressBook book, PoolListener events) {
        this.events = events;
        this.control = control;
        this.book = book;
    }

    /** @param answered told about each test that had an answer, on the control thread */
    void begin(long now, long intervalMillis, Tester tester, BiConsumer<Subject, Integer> answered) {
        Map<Origin, List<Standing>> all = new HashMap<>();
        book.pages()
                .forEach((place, page) -> all.put(
                        place, page.values().stream().map(Line::standing).toList()));
        for (Subject subject : retests.due(all, now, intervalMillis)) {
            tester.test(subject.place(), subject.address())
                    .whenComplete((status, failure) -> control.execute(() -> {
                        retests.ended(subject, now);
                        if (status != null) {
                            events.addressTested(subject.place(), subject.address(), status > 0);
                        }
                        if (status != null && status > 0) {
                            answered.accept(subject, status);
                        }
                    }));
        }
    }
}
