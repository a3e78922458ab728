package io.hotpool.wire.soak;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Draws requests: mostly small answers, some big, a quarter of them POSTs. One per worker. */
final class Asks {
    private static final AtomicLong NEXT = new AtomicLong();

    private final Random random;
    private final List<Ask.Host> hosts;

    Asks(long seed, List<Ask.Host> hosts) {
        this.random = new Random(seed);
        this.hosts = hosts;
    }

    Ask next() {
        Ask.Host host = hosts.get(random.nextInt(hosts.size()));
        int upload = random.nextInt(4) > 0 ? 0 : 1 + size(200_000);
        return new Ask("r" + NEXT.incrementAndGet(), host, size(600_000), upload);
    }

    Ask big() {
        return new Ask("r" + NEXT.incrementAndGet(), hosts.get(random.nextInt(hosts.size())), 3_000_000, 0);
    }

    /** As often a few bytes as some thousands as many. */
    private int size(int most) {
        return (int) Math.exp(random.nextDouble() * Math.log(most));
    }

    int below(int bound) {
        return random.nextInt(bound);
    }
}
