package io.hotpool.pool.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EndingTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final Ending ending = new Ending(TestFacts.secure(Protocol.H2), ticker);

    @Test
    void it_says_which_connection_ended_how_old_it_was_and_where_the_exchange_was() {
        ticker.advance(3402, TimeUnit.MILLISECONDS);
        assertThat(ending.loses("before the response"))
                .isEqualTo("the connection ended before the response (connection 1, 3402 ms old)");
    }

    @Test
    void a_proper_end_a_break_and_an_announced_end_are_told_apart() {
        ending.announced("GOAWAY ENHANCE_YOUR_CALM");
        assertThat(ending.loses("now")).startsWith("the connection ended after GOAWAY ENHANCE_YOUR_CALM now");
        ending.broke(new IOException("Broken pipe"));
        assertThat(ending.loses("now")).startsWith("the connection broke (Broken pipe) after GOAWAY");
        ending.closed();
        assertThat(ending.loses("now")).startsWith("the origin closed the connection after GOAWAY");
    }

    @Test
    void what_broke_first_counts_and_a_closed_channel_says_nothing() {
        ending.broke(new ClosedChannelException());
        ending.broke(new IOException("Connection reset by peer"));
        ending.broke(new IOException("Broken pipe"));
        assertThat(ending.loses("now")).startsWith("the connection broke (Connection reset by peer) now");
    }

    @Test
    void there_is_nothing_to_tell_where_no_exchange_was_lost() {
        ending.announced("GOAWAY NO_ERROR");
        assertThat(ending).hasToString("");
        ending.loses("now");
        ending.loses("now");
        assertThat(ending).hasToString("the connection ended after GOAWAY NO_ERROR; exchanges lost: 2");
    }
}
