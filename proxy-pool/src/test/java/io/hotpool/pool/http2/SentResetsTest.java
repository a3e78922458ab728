package io.hotpool.pool.http2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SentResetsTest {
    private long now = 5;
    private final SentResets resets = new SentResets(() -> now);

    @Test
    void the_hundredth_within_the_window_is_too_many() {
        for (int i = 1; i < SentResets.MOST; i++) {
            assertThat(resets.sent()).isFalse();
            now += SentResets.WINDOW / SentResets.MOST / 2;
        }
        assertThat(resets.sent()).isTrue();
    }

    @Test
    void those_of_another_window_do_not_count() {
        for (int i = 1; i < SentResets.MOST; i++) {
            resets.sent();
        }
        now += SentResets.WINDOW;
        assertThat(resets.sent()).isFalse();
    }
}
