package io.hotpool.pool.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CrossingTest {
    private final EmbeddedChannel shard = new EmbeddedChannel();
    private final EmbeddedChannel client = new EmbeddedChannel();
    private final Crossing crossing = new Crossing(shard.eventLoop(), client.eventLoop());
    private final List<String> done = new ArrayList<>();

    private Runnable step(String name) {
        return () -> done.add(name);
    }

    @Test
    void what_is_passed_in_one_turn_crosses_at_its_end_in_one_task() {
        crossing.pass(step("head"), null);
        client.eventLoop().execute(step("another task"));
        crossing.pass(step("data"), null);
        assertThat(done).isEmpty();

        shard.runPendingTasks();
        client.eventLoop().execute(step("a later task"));
        client.runPendingTasks();

        assertThat(done).containsExactly("another task", "head", "data", "a later task");
    }

    @Test
    void the_last_step_crosses_at_once_with_all_before_it() {
        crossing.pass(step("head"), null);
        crossing.passLast(step("end"));
        client.runPendingTasks();
        assertThat(done).containsExactly("head", "end");

        shard.runPendingTasks();
        client.runPendingTasks();
        assertThat(done).as("nothing crosses twice").containsExactly("head", "end");
    }

    @Test
    void a_turn_does_not_wait_for_the_next_one() {
        crossing.pass(step("head"), null);
        shard.runPendingTasks();
        crossing.pass(step("data"), null);
        client.runPendingTasks();
        assertThat(done).containsExactly("head");

        shard.runPendingTasks();
        client.runPendingTasks();
        assertThat(done).containsExactly("head", "data");
    }

    @Test
    void a_step_that_fails_keeps_none_of_the_others_from_its_turn() {
        crossing.pass(
                () -> {
                    throw new IllegalStateException("of the receiver");
                },
                null);
        crossing.pass(step("data"), null);
        crossing.passLast(step("end"));

        assertThatThrownBy(() -> {
                    client.runPendingTasks();
                    client.checkException();
                })
                .hasMessage("of the receiver");
        assertThat(done).containsExactly("data", "end");
    }

    @Test
    void what_was_on_its_way_to_a_loop_that_has_ended_is_released() throws Exception {
        EventLoop ended = new DefaultEventLoop();
        ended.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        ByteBuf chunk = Unpooled.buffer();
        Crossing nowhere = new Crossing(shard.eventLoop(), ended);

        nowhere.pass(step("data"), chunk);
        shard.runPendingTasks();

        assertThat(chunk.refCnt()).isZero();
        assertThat(done).isEmpty();
    }
}
