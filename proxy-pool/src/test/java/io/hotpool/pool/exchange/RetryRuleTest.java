package io.hotpool.pool.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryRuleTest {
    private static final Fault CLOSED = Fault.of(FaultKind.UPSTREAM_CLOSED, "closed");
    private static final Fault REFUSED = Fault.unprocessed(FaultKind.UPSTREAM_RESET, "REFUSED_STREAM", null);

    private static RetryRule.Failure get(Fault fault, boolean reused) {
        return new RetryRule.Failure(fault, true, false, true, reused, false, 1, false);
    }

    private static RetryRule.Failure post(Fault fault) {
        return new RetryRule.Failure(fault, false, true, true, true, false, 1, false);
    }

    @Test
    void a_get_on_a_reused_connection_that_closed_unanswered_is_sent_again() {
        assertThat(RetryRule.reason(get(CLOSED, true), 3)).isEqualTo("stale_connection");
    }

    @Test
    void a_get_without_body_is_tried_once_more_on_a_fresh_connection_too() {
        assertThat(RetryRule.reason(get(CLOSED, false), 3)).isEqualTo("no_response");
        assertThat(RetryRule.reason(new RetryRule.Failure(CLOSED, true, false, true, false, false, 2, true), 3))
                .isNull();
        assertThat(RetryRule.reason(new RetryRule.Failure(CLOSED, true, true, true, false, false, 1, false), 3))
                .as("with a body")
                .isNull();
    }

    @Test
    void a_post_is_sent_again_only_when_it_was_provably_not_processed() {
        assertThat(RetryRule.reason(post(CLOSED), 3)).isNull();
        assertThat(RetryRule.reason(post(REFUSED), 3)).isEqualTo("unprocessed");
    }

    @Test
    void nothing_is_sent_again_after_the_answer_began_or_the_body_is_gone_or_the_retries_are_used_up() {
        assertThat(RetryRule.reason(new RetryRule.Failure(REFUSED, true, false, true, true, true, 1, false), 3))
                .isNull();
        assertThat(RetryRule.reason(new RetryRule.Failure(REFUSED, true, true, false, true, false, 1, false), 3))
                .isNull();
        assertThat(RetryRule.reason(new RetryRule.Failure(REFUSED, true, false, true, true, false, 3, false), 3))
                .isNotNull();
        assertThat(RetryRule.reason(new RetryRule.Failure(REFUSED, true, false, true, true, false, 4, false), 3))
                .isNull();
        assertThat(RetryRule.reason(get(CLOSED, true), 0)).isNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultKind.class,
            names = {
                "RESPONSE_TIMEOUT",
                "UPSTREAM_RESET",
                "UPSTREAM_TRUNCATED",
                "UPSTREAM_PROTOCOL",
                "BODY_TIMEOUT",
                "EXCHANGE_TIMEOUT"
            })
    void no_other_failure_proves_anything(FaultKind kind) {
        assertThat(RetryRule.reason(get(Fault.of(kind, "x"), true), 3)).isNull();
    }

    @Test
    void a_dial_is_made_again_only_where_the_handshake_was_cut() {
        Fault cut = Fault.unprocessed(FaultKind.TLS_FAILED, "closed", new ClosedChannelException());
        assertThat(RetryRule.ofDial(cut, 3, 3)).isEqualTo("handshake_cut");
        assertThat(RetryRule.ofDial(cut, 4, 3)).isNull();
        assertThat(RetryRule.ofDial(Fault.unprocessed(FaultKind.TLS_FAILED, "alert", null), 1, 3))
                .isNull();
        for (FaultKind kind : FaultKind.values()) {
            if (kind != FaultKind.TLS_FAILED) {
                assertThat(RetryRule.ofDial(Fault.unprocessed(kind, "", new ClosedChannelException()), 1, 3))
                        .isNull();
            }
        }
    }
}
