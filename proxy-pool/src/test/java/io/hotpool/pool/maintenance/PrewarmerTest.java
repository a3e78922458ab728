package io.hotpool.pool.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.PoolListener;
import io.hotpool.pool.PrewarmResult;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.shard.FakeConnection;
import io.hotpool.pool.shard.Warming;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** On a loop whose time the test moves. */
class PrewarmerTest {
    private static final Origin HOST = Origin.https("a.test", 443);

    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final Prewarmer prewarmer = new Prewarmer(loop.eventLoop(), PoolListener.NONE);
    private final List<Warming> dials = new ArrayList<>();
    private final ArrayDeque<Warming.Refusal> refusals = new ArrayDeque<>();

    PrewarmerTest() {
        loop.freezeTime();
    }

    private final Prewarmer.Site site = new Prewarmer.Site() {
        @Override
        public CompletionStage<Integer> count() {
            return CompletableFuture.completedFuture(0);
        }

        @Override
        public void warm(Warming warming) {
            Warming.Refusal refusal = refusals.poll();
            if (refusal == null) {
                dials.add(warming);
            } else {
                warming.refused(refusal);
            }
        }
    };

    private CompletableFuture<PrewarmResult> order(int count) {
        CompletableFuture<PrewarmResult> result =
                prewarmer.prewarm(site, HOST, count).toCompletableFuture();
        loop.runPendingTasks();
        return result;
    }

    private void fail(Fault fault) {
        dials.remove(0).failed(fault);
        loop.runPendingTasks();
    }

    private void pass(long nanos) {
        loop.advanceTimeBy(nanos, TimeUnit.NANOSECONDS);
        loop.runScheduledPendingTasks();
        loop.runPendingTasks();
    }

    private static final Fault REFUSED = Fault.of(FaultKind.CONNECT_REFUSED, "host a.test:443: refused");
    private static final Fault NO_FILES =
            Fault.of(FaultKind.CONNECT_FAILED, "socket", new IOException("socket(..) failed: Too many open files"));

    @Test
    void a_host_that_is_down_costs_three_dials_one_after_the_other() {
        CompletableFuture<PrewarmResult> result = order(50);
        for (int i = 0; i < 3; i++) {
            assertThat(dials).as("dial " + i).hasSize(1);
            fail(REFUSED);
        }
        assertThat(dials).isEmpty();
        assertThat(result).isCompleted();
        assertThat(result.join().failedCount()).isEqualTo(50);
        assertThat(result.join().failed().keySet())
                .anyMatch(cause -> cause.equals("not tried after 3 failures in a row"));
    }

    @Test
    void once_a_host_has_answered_its_dials_are_made_at_once_up_to_a_bound() {
        CompletableFuture<PrewarmResult> result = order(50);
        assertThat(dials).as("the first goes alone").hasSize(1);
        open();
        assertThat(dials).hasSize(Prewarmer.PER_HOST);
        while (!dials.isEmpty()) {
            open();
        }
        assertThat(result.join().opened()).isEqualTo(50);
    }

    private void open() {
        dials.remove(0).opened(new FakeConnection(Protocol.H1, 1));
        loop.runPendingTasks();
    }

    @Test
    void while_requests_wait_it_waits_and_then_goes_on() {
        for (int i = 0; i < 3; i++) {
            refusals.add(Warming.Refusal.DEMAND);
        }
        CompletableFuture<PrewarmResult> result = order(1);
        for (int i = 0; i < 3; i++) {
            assertThat(dials).isEmpty();
            pass(Prewarmer.TRY_AGAIN);
        }
        assertThat(dials).hasSize(1);
        assertThat(result).isNotDone();
    }

    @Test
    void demand_that_does_not_end_is_named() {
        for (int i = 0; i < 2000; i++) {
            refusals.add(Warming.Refusal.DEMAND);
        }
        CompletableFuture<PrewarmResult> result = order(4);
        for (long t = 0; t <= Prewarmer.BEHIND_DEMAND; t += Prewarmer.TRY_AGAIN) {
            pass(Prewarmer.TRY_AGAIN);
        }
        assertThat(result).isCompleted();
        assertThat(result.join().refused()).containsEntry("demand", 4);
    }

    @Test
    void out_of_file_descriptors_it_pauses_and_tries_again_and_then_gives_up() {
        CompletableFuture<PrewarmResult> result = order(5);
        for (int pause = 0; pause < 3; pause++) {
            fail(NO_FILES);
            assertThat(dials).as("paused").isEmpty();
            pass(Prewarmer.PAUSE);
            assertThat(dials).as("once more").hasSize(1);
        }
        fail(NO_FILES);
        assertThat(result).isCompleted();
        assertThat(result.join().refused()).containsEntry("file_descriptors", 5);
    }

    @Test
    void when_it_gives_up_what_is_under_way_begins_nothing_anew() {
        CompletableFuture<PrewarmResult> result = order(40);
        open();
        assertThat(dials).as("under way").hasSize(Prewarmer.PER_HOST);
        for (int pause = 0; pause < 3; pause++) {
            fail(NO_FILES);
            pass(Prewarmer.PAUSE);
        }
        fail(NO_FILES);
        assertThat(result).as("some are under way").isNotDone();
        open();
        while (!dials.isEmpty()) {
            fail(NO_FILES);
        }
        assertThat(result).as("no further pause").isCompleted();
        assertThat(result.join().opened()).isEqualTo(2);
        assertThat(result.join().refused()).containsEntry("file_descriptors", 38);
    }
}
