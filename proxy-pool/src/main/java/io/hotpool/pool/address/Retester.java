package io.hotpool.pool.address;

import io.hotpool.pool.PoolListener;
import io.hotpool.pool.address.AddressBook.Line;
import io.hotpool.pool.address.Retests.Subject;
import io.hotpool.pool.address.TestResult.End;
import io.hotpool.pool.http.Origin;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;

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
        CompletionStage<TestResult> test(Origin place, InetAddress address);
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
                    .exceptionally(failure -> TestResult.UNUSED)
                    .thenAccept(result -> control.execute(() -> ended(subject, result, now, answered)));
        }
    }

    private void ended(Subject subject, TestResult result, long begun, BiConsumer<Subject, Integer> answered) {
        if (result.end() == End.POSTPONED) {
            retests.postponed(subject);
            return;
        }
        retests.ended(subject, begun);
        if (result.end() != End.UNUSED) {
            events.addressTested(subject.place(), subject.address(), result.status() > 0);
        }
        if (result.status() > 0) {
            answered.accept(subject, result.status());
        }
    }
}
