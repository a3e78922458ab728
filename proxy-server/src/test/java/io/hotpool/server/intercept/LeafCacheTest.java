package io.hotpool.server.intercept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hotpool.pool.fault.Fault;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.Future;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeafCacheTest {
    @TempDir
    Path folder;

    private final EventLoop loop = new DefaultEventLoop();
    private final AtomicInteger minted = new AtomicInteger();
    private final SettableClock clock = new SettableClock();
    private LeafCache cache;

    private static final class SettableClock extends Clock {
        volatile Instant now = Instant.parse("2026-11-23T12:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        void advance(Duration by) {
            now = now.plus(by);
        }
    }

    @BeforeEach
    void openCache() {
        CertificateAuthority authority = CertificateAuthority.open(folder.resolve("ca"), clock);
        cache = new LeafCache(authority, clock, () -> Duration.ofDays(6), () -> 16, minted::incrementAndGet);
    }

    @AfterEach
    void close() {
        cache.close();
        loop.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS);
    }

    private SslContext context(String host) {
        return cache.contextFor(host, loop).syncUninterruptibly().getNow();
    }

    @Test
    void a_name_is_minted_once_and_then_answered_at_once() {
        SslContext first = context("www.example.com");
        Future<SslContext> again = cache.contextFor("WWW.example.com.", loop);
        assertThat(again.isDone()).isTrue();
        assertThat(again.getNow()).isSameAs(first);
        assertThat(minted).hasValue(1);
    }

    @Test
    void many_who_ask_at_once_share_one_minting() throws Exception {
        List<Future<SslContext>> asked = new ArrayList<>();
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Thread thread = new Thread(() -> {
                go.countDown();
                Future<SslContext> future = cache.contextFor("www.example.com", loop);
                synchronized (asked) {
                    asked.add(future);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        asked.forEach(Future::syncUninterruptibly);
        assertThat(asked.stream().map(Future::getNow).distinct()).hasSize(1);
        await().untilAtomic(minted, org.hamcrest.Matchers.is(1));
    }

    @Test
    void the_least_recently_used_names_are_dropped() {
        SslContext kept = context("kept.example");
        for (int i = 0; i < 40; i++) {
            context("host-" + i + ".example");
            context("kept.example");
        }
        await().until(() -> cache.size() <= 16);
        assertThat(context("kept.example")).isSameAs(kept);
        int before = minted.get();
        context("host-0.example");
        await().until(() -> minted.get() == before + 1);
    }

    @Test
    void in_the_last_third_of_its_life_a_leaf_is_replaced_behind_the_back_of_its_users() {
        SslContext old = context("www.example.com");
        clock.advance(Duration.ofDays(5));
        assertThat(cache.contextFor("www.example.com", loop).getNow())
                .as("still answered at once")
                .isSameAs(old);
        await().until(() -> context("www.example.com") != old);
        assertThat(minted).hasValue(2);
    }

    @Test
    void an_expired_leaf_is_never_handed_out() {
        SslContext old = context("www.example.com");
        clock.advance(Duration.ofDays(60));
        assertThat(context("www.example.com")).isNotSameAs(old);
    }

    @Test
    void a_clock_set_back_makes_a_leaf_that_is_valid_now() {
        SslContext old = context("www.example.com");
        clock.advance(Duration.ofDays(-2));
        assertThat(context("www.example.com")).isNotSameAs(old);
    }

    @Test
    void a_host_that_is_no_name_fails_without_minting() {
        Future<SslContext> refused = cache.contextFor("a b", loop);
        assertThat(refused.isDone()).isTrue();
        assertThat(refused.cause()).isInstanceOf(Fault.class);
        assertThat(minted).hasValue(0);
    }

    @Test
    void a_failed_minting_is_told_and_tried_again_the_next_time() {
        CertificateAuthority authority = CertificateAuthority.open(folder.resolve("ca"), clock);
        AtomicInteger tries = new AtomicInteger();
        LeafMinter minter = new LeafMinter(authority, clock, () -> {
            if (tries.getAndIncrement() == 0) {
                throw new IllegalStateException("first try");
            }
            return Duration.ofDays(1);
        });
        try (LeafCache failing =
                new LeafCache(authority, minter, new LeafContexts(SslProvider.JDK), clock, () -> 16, () -> {})) {
            assertThatThrownBy(() -> failing.contextFor("a.example", loop).syncUninterruptibly())
                    .isInstanceOf(Fault.class);
            assertThat(failing.contextFor("a.example", loop)
                            .syncUninterruptibly()
                            .getNow())
                    .isNotNull();
        }
    }

    @Test
    void a_context_is_made_in_far_less_time_than_loading_the_roots_of_the_jdk_takes() {
        CertificateAuthority authority = CertificateAuthority.ephemeral(clock);
        LeafMinter minter = new LeafMinter(authority, clock, () -> Duration.ofDays(1));
        LeafContexts contexts = LeafContexts.best();
        ThreadMXBean thread = ManagementFactory.getThreadMXBean();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 100; i++) {
            long before = thread.getCurrentThreadCpuTime();
            contexts.contextFor(minter.mint(LeafName.of("host-" + i + ".example")));
            best = Math.min(best, thread.getCurrentThreadCpuTime() - before);
        }
        assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(5));
    }

    @Test
    void the_root_is_given_in_both_forms() {
        assertThat(cache.rootPem()).startsWith("-----BEGIN CERTIFICATE-----\n").endsWith("-----END CERTIFICATE-----\n");
        assertThat(cache.rootDer()[0]).isEqualTo((byte) 0x30);
    }
}
