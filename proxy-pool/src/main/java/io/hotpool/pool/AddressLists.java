package io.hotpool.pool;

import io.hotpool.pool.address.AddressBlock;
import io.hotpool.pool.http.Origin;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The white list and the black list of a pool: what is configured, what was put there by hand, and what was learned. Any
 * thread.
 */
public interface AddressLists {
    enum Kind {
        WHITELIST,
        BLACKLIST;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    enum Source {
        /** By the configuration; changed there only. */
        CONFIGURED,
        /** At run time, by an operator or the program; kept over a restart. */
        BY_HAND,
        LEARNED;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param origin host and port it is meant for, scheme {@code tcp}; null: all
     * @param evidence in words: {@code 3x forbidden}, {@code by hand}
     * @param until null: it does not end by itself
     */
    record Entry(
            Kind list,
            AddressBlock block,
            @Nullable Origin origin,
            Source source,
            String evidence,
            Instant since,
            @Nullable Instant until) {}

    /**
     * One address of a host, as the next dial will see it.
     *
     * @param origin host and port, scheme {@code tcp}
     * @param state {@code unknown}, {@code allowed}, {@code denied}, {@code half_open}
     * @param score 0 to 1, the decayed share of good outcomes
     * @param latencyMillis of answers, 0 when there was none
     * @param rule the configured or hand-made entry that rules here; null: none
     * @param spared it would be denied, but too many of the host's addresses already are
     * @param suspectUntil it was out of reach the last time; until then others are tried before it. Null: it was not
     * @param successes observations that speak for it, decayed by half every two minutes
     * @param failures those that speak against it, likewise
     */
    record Address(
            Origin origin,
            InetAddress address,
            String state,
            double score,
            double latencyMillis,
            String evidence,
            Instant since,
            @Nullable Instant until,
            @Nullable Entry rule,
            boolean spared,
            @Nullable Instant suspectUntil,
            double successes,
            double failures) {}

    List<Entry> entries(Kind list);

    int size(Kind list);

    /** The known addresses of a host; of all its ports when {@code port} is 0. */
    List<Address> addresses(String host, int port);

    /** What is known of that address at any host. */
    List<Address> addresses(InetAddress address);

    /**
     * Puts addresses on a list by hand, and takes them off the other one where it was by hand too. Open connections and
     * tunnels to what is denied are closed.
     *
     * @param origin for this host and port only; null: for all
     * @param duration null: until it is removed
     */
    CompletionStage<Entry> put(Kind list, AddressBlock block, @Nullable Origin origin, @Nullable Duration duration);

    /**
     * Takes addresses off a list, where they are by hand or learned.
     *
     * @param origin for this host and port only; null: what was put there for all, and what was learned for any
     * @return how many entries went
     */
    CompletionStage<Integer> remove(Kind list, AddressBlock block, @Nullable Origin origin);
}
