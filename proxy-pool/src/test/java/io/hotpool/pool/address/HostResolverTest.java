package io.hotpool.pool.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class HostResolverTest {
    private static final InetAddress A = IpLiteral.address(new byte[] {(byte) 192, 0, 2, 1});
    private static final InetAddress B = IpLiteral.address(new byte[] {(byte) 192, 0, 2, 2});

    private final EventLoop loop = new EmbeddedChannel().eventLoop();
    private final FakeLookup lookup = new FakeLookup();
    private long now = -50;
    private final HostResolver resolver = new HostResolver(
            new PoolConfig.Dns(
                    List.of(), Map.of("pinned.test", List.of(A)), Duration.ofSeconds(5), Duration.ofSeconds(60)),
            lookup,
            () -> now);

    private static final class FakeLookup implements Lookup {
        final List<CompletableFuture<Answer>> asked = new ArrayList<>();
        final List<String> forgotten = new ArrayList<>();

        @Override
        public CompletionStage<Answer> ask(String name) {
            asked.add(new CompletableFuture<>());
            return asked.get(asked.size() - 1);
        }

        @Override
        public void forget(String name) {
            forgotten.add(name);
        }

        @Override
        public void close() {}
    }

    @Test
    void configured_names_literals_and_localhost_are_not_asked_for() {
        assertThat(resolver.resolve("pinned.test", loop).getNow()).containsExactly(A);
        assertThat(resolver.resolve("pinned.test.", loop).getNow()).containsExactly(A);
        assertThat(resolver.resolve("3221225985", loop).getNow()).containsExactly(A);
        assertThat(resolver.resolve("a.localhost.", loop).getNow()).allMatch(InetAddress::isLoopbackAddress);
        assertThat(lookup.asked).isEmpty();
    }

    @Test
    void one_lookup_serves_all_who_ask_meanwhile_and_until_its_ttl_has_passed() {
        var first = resolver.resolve("a.test", loop);
        var second = resolver.resolve("a.test", loop);
        assertThat(lookup.asked).hasSize(1);
        lookup.asked.get(0).complete(new Lookup.Answer(List.of(B), Duration.ofSeconds(30)));
        assertThat(first.getNow()).containsExactly(B);
        assertThat(second.getNow()).containsExactly(B);

        now += Duration.ofSeconds(29).toNanos();
        assertThat(resolver.resolve("a.test", loop).getNow()).containsExactly(B);
        now += Duration.ofSeconds(2).toNanos();
        assertThat(resolver.resolve("a.test", loop).isDone()).isFalse();
        assertThat(lookup.asked).hasSize(2);
    }

    @Test
    void the_ttl_has_bounds() {
        resolver.resolve("short.test", loop);
        lookup.asked.get(0).complete(new Lookup.Answer(List.of(B), Duration.ofMillis(1)));
        resolver.resolve("long.test", loop);
        lookup.asked.get(1).complete(new Lookup.Answer(List.of(B), Duration.ofDays(1)));
        now += Duration.ofSeconds(4).toNanos();
        resolver.resolve("short.test", loop);
        assertThat(lookup.asked).hasSize(2);
        now += Duration.ofSeconds(57).toNanos();
        resolver.resolve("long.test", loop);
        assertThat(lookup.asked).hasSize(3);
    }

    @Test
    void a_failure_is_a_fault_with_the_host_and_is_not_kept() {
        var answer = resolver.resolve("gone.test", loop);
        lookup.asked.get(0).completeExceptionally(new UnknownHostException("not known"));
        assertThat(answer.cause()).isInstanceOfSatisfying(Fault.class, fault -> {
            assertThat(fault.kind()).isEqualTo(FaultKind.DNS_FAILED);
            assertThat(fault.detail()).contains("gone.test").contains("not known");
            assertThat(fault.unprocessed()).isTrue();
        });
        resolver.resolve("gone.test", loop);
        assertThat(lookup.asked).hasSize(2);
    }

    @Test
    void a_refresh_asks_anew_while_what_is_kept_goes_on_to_hold() {
        resolver.resolve("a.test", loop);
        lookup.asked.get(0).complete(new Lookup.Answer(List.of(A), Duration.ofSeconds(30)));
        var renewed = resolver.refresh("a.test", loop);
        assertThat(lookup.asked).hasSize(2);
        assertThat(lookup.forgotten).containsExactly("a.test");
        assertThat(resolver.resolve("a.test", loop).getNow()).containsExactly(A);
        resolver.refresh("a.test", loop);
        assertThat(lookup.asked).as("one at a time").hasSize(2);
        lookup.asked.get(1).complete(new Lookup.Answer(List.of(B), Duration.ofSeconds(30)));
        assertThat(renewed.getNow()).containsExactly(B);
        assertThat(resolver.resolve("a.test", loop).getNow()).containsExactly(B);
    }

    @Test
    void a_lookup_that_fails_leaves_the_last_answer_for_a_day_at_most() {
        resolver.resolve("a.test", loop);
        lookup.asked.get(0).complete(new Lookup.Answer(List.of(A), Duration.ofSeconds(30)));
        now += Duration.ofSeconds(31).toNanos();
        var again = resolver.resolve("a.test", loop);
        lookup.asked.get(1).completeExceptionally(new UnknownHostException("no answer"));
        assertThat(again.getNow()).containsExactly(A);
        assertThat(resolver.resolve("a.test", loop).getNow()).containsExactly(A);
        assertThat(lookup.asked).as("the servers get a pause").hasSize(2);

        now += Duration.ofSeconds(6).toNanos();
        resolver.resolve("a.test", loop);
        assertThat(lookup.asked).hasSize(3);
        now += Duration.ofDays(1).toNanos();
        lookup.asked.get(2).completeExceptionally(new UnknownHostException("no answer"));
        var gone = resolver.resolve("a.test", loop);
        lookup.asked.get(3).completeExceptionally(new UnknownHostException("no answer"));
        assertThat(gone.cause()).isInstanceOf(Fault.class);
    }

    @Test
    void a_name_that_does_not_exist_any_more_is_not_served_from_memory() {
        resolver.resolve("a.test", loop);
        lookup.asked.get(0).complete(new Lookup.Answer(List.of(A), Duration.ofSeconds(30)));
        var renewed = resolver.refresh("a.test", loop);
        lookup.asked.get(1).completeExceptionally(new NoSuchNameException("gone"));
        assertThat(renewed.cause()).isInstanceOf(Fault.class);
        assertThat(resolver.resolve("a.test", loop).isDone()).isFalse();
    }

    @Test
    void other_servers_that_fail_leave_what_the_old_ones_said() {
        resolver.resolve("a.test", loop);
        lookup.asked.get(0).complete(new Lookup.Answer(List.of(A), Duration.ofSeconds(30)));
        FakeLookup other = new FakeLookup();
        HostResolver next = new HostResolver(PoolConfig.Dns.DEFAULTS, other, () -> now).after(resolver);
        var answer = next.resolve("a.test", loop);
        assertThat(answer.isDone()).isFalse();
        other.asked.get(0).completeExceptionally(new UnknownHostException("no answer"));
        assertThat(answer.getNow()).containsExactly(A);
    }

    @Test
    void what_cannot_be_a_name_is_a_fault_without_a_lookup() {
        assertThat(resolver.resolve("1.2.3.999", loop).cause()).isInstanceOf(Fault.class);
        assertThat(lookup.asked).isEmpty();
    }
}
