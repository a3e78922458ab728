package io.hotpool.pool.address;

import io.hotpool.pool.AddressLists.Entry;
import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.AddressLists.Source;
import io.hotpool.pool.PoolConfig.Access;
import io.hotpool.pool.http.Origin;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A configured or hand-made line of a list.
 *
 * @param place for this host and port only; null: for all
 * @param untilMillis {@link Long#MAX_VALUE}: it does not end by itself
 */
record AddressRule(
        Kind list, AddressBlock block, @Nullable Origin place, Source source, long sinceMillis, long untilMillis) {

    static List<AddressRule> configured(Access access, long now) {
        return Stream.concat(
                        access.whitelist().stream().map(block -> configured(Kind.WHITELIST, block, now)),
                        access.blacklist().stream().map(block -> configured(Kind.BLACKLIST, block, now)))
                .toList();
    }

    private static AddressRule configured(Kind list, AddressBlock block, long now) {
        return new AddressRule(list, block, null, Source.CONFIGURED, now, Long.MAX_VALUE);
    }

    boolean denies() {
        return list == Kind.BLACKLIST;
    }

    boolean matches(Origin place, InetAddress address, long now) {
        return now < untilMillis && (this.place == null || this.place.equals(place)) && block.contains(address);
    }

    boolean same(AddressBlock block, @Nullable Origin place) {
        return this.block.equals(block) && (place == null ? this.place == null : place.equals(this.place));
    }

    /** One host before all, then the longer prefix, then denial. */
    boolean prevails(AddressRule other) {
        if ((place == null) != (other.place == null)) {
            return place != null;
        }
        int by = Integer.compare(block.specificity(), other.block.specificity());
        return by > 0 || by == 0 && denies();
    }

    Entry entry() {
        String evidence = source == Source.CONFIGURED ? "configured: " + list.label() + ".ips" : "by hand";
        Instant until = untilMillis == Long.MAX_VALUE ? null : Instant.ofEpochMilli(untilMillis);
        return new Entry(list, block, place, source, evidence, Instant.ofEpochMilli(sinceMillis), until);
    }
}
