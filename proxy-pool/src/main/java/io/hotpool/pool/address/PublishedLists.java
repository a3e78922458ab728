package io.hotpool.pool.address;

import io.hotpool.pool.AddressLists.Address;
import io.hotpool.pool.AddressLists.Entry;
import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.AddressLists.Source;
import io.hotpool.pool.address.Standing.State;
import io.hotpool.pool.http.Origin;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The book as people read it: what is on which list and why. Any thread. */
final class PublishedLists {
    private final AddressBook book;

    PublishedLists(AddressBook book) {
        this.book = book;
    }

    List<Entry> entries(Kind list) {
        return Stream.concat(rules(list).map(AddressRule::entry), learned(list)).toList();
    }

    int size(Kind list) {
        return (int) (rules(list).count() + learned(list).count());
    }

    private Stream<AddressRule> rules(Kind list) {
        return book.rules().stream().filter(rule -> rule.list() == list);
    }

    Stream<Entry> learned(Kind list) {
        State state = list == Kind.WHITELIST ? State.ALLOWED : State.DENIED;
        return book.pages().entrySet().stream()
                .flatMap(page -> page.getValue().values().stream()
                        .map(AddressBook.Line::standing)
                        .filter(standing -> standing.state() == state)
                        .map(standing -> new Entry(
                                list,
                                AddressBlock.of(standing.address()),
                                page.getKey(),
                                Source.LEARNED,
                                standing.cause(),
                                Instant.ofEpochMilli(standing.sinceMillis()),
                                instant(standing.untilMillis()))));
    }

    List<Address> addresses(BiPredicate<Origin, InetAddress> which) {
        return book.pages().entrySet().stream()
                .flatMap(page -> page.getValue().values().stream()
                        .map(AddressBook.Line::standing)
                        .filter(standing -> which.test(page.getKey(), standing.address()))
                        .map(standing -> address(page.getKey(), standing)))
                .toList();
    }

    private Address address(Origin place, Standing standing) {
        AddressRule rule = book.ruling(place, standing.address());
        return new Address(
                place,
                standing.address(),
                standing.state().label(),
                standing.score(),
                standing.latencyNanos() / 1e6,
                standing.cause(),
                Instant.ofEpochMilli(standing.sinceMillis()),
                instant(standing.untilMillis()),
                rule == null ? null : rule.entry(),
                standing.spared(),
                instant(standing.suspectUntilMillis()),
                standing.successes(),
                standing.failures());
    }

    /** {@link Long#MAX_VALUE} and 0: never. */
    private static @Nullable Instant instant(long millis) {
        return millis == Long.MAX_VALUE || millis == 0 ? null : Instant.ofEpochMilli(millis);
    }
}
