package io.hotpool.pool.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.Egress;
import io.hotpool.pool.UpstreamProxy;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.Profiles;
import java.net.InetAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Two keys are one only where every part is: drawn at random, compared with what they were drawn from. */
class PoolKeyTest {
    private static final long SEED = System.nanoTime();
    private static final List<Origin> ORIGINS =
            List.of(Origin.https("a.test", 443), Origin.https("b.test", 443), Origin.http("a.test", 443));
    private static final List<BrowserProfile> PROFILES =
            Profiles.builtIn().all().subList(0, 2);
    private static final List<Egress> WAYS = List.of(
            Egress.DIRECT,
            Egress.of(UpstreamProxy.parse("http://p.test:3128")),
            Egress.of(UpstreamProxy.parse("http://a:b@p.test:3128")),
            Egress.of(UpstreamProxy.parse("http://a:c@p.test:3128")),
            Egress.of(UpstreamProxy.parse("socks5://p.test:3128")),
            Egress.byClient(UpstreamProxy.parse("http://p.test:3128")));

    private record Drawn(List<Integer> choices, PoolKey key) {}

    private static Drawn draw(Random random) {
        List<Integer> c = List.of(
                random.nextInt(3),
                random.nextInt(2),
                random.nextInt(6),
                random.nextInt(2),
                random.nextInt(2),
                random.nextInt(2),
                random.nextInt(2));
        InetAddress address = c.get(6) == 0 ? null : InetAddress.getLoopbackAddress();
        return new Drawn(
                c,
                new PoolKey(
                        ORIGINS.get(c.get(0)),
                        PROFILES.get(c.get(1)),
                        WAYS.get(c.get(2)),
                        "s" + c.get(3),
                        c.get(4) == 0,
                        c.get(5) == 0,
                        address));
    }

    @Test
    void keys_are_equal_exactly_when_every_part_is() {
        Random random = new Random(SEED);
        for (int i = 0; i < 200_000; i++) {
            Drawn one = draw(random);
            Drawn other = random.nextInt(4) == 0 ? new Drawn(one.choices(), one.key()) : draw(random);
            assertThat(one.key().equals(other.key()))
                    .as("seed %d: %s and %s", SEED, one, other)
                    .isEqualTo(one.choices().equals(other.choices()));
            List<Integer> a = one.choices();
            List<Integer> b = other.choices();
            boolean sameScope = a.subList(2, 5).equals(b.subList(2, 5));
            assertThat(one.key().ticketScope().equals(other.key().ticketScope()))
                    .isEqualTo(sameScope);
        }
    }
}
