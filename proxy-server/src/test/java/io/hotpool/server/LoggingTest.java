package io.hotpool.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.spi.FilterReply;
import io.hotpool.server.config.HotpoolConfig.Log;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

@Timeout(60)
@Isolated("it takes the place of System.err")
class LoggingTest {
    private static final PrintStream ERR = System.err;

    private final LoggerContext context = new LoggerContext();

    @BeforeEach
    void completeContext() {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    @AfterEach
    void restore() {
        context.stop();
        System.setErr(ERR);
    }

    /** A pipe whose reader sleeps. */
    private static final class Stalled extends OutputStream {
        final CountDownLatch reading = new CountDownLatch(1);

        @Override
        public void write(int b) {
            try {
                reading.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void who_logs_does_not_wait_for_a_pipe_that_nobody_reads() {
        Stalled pipe = new Stalled();
        System.setErr(new PrintStream(pipe, true));
        Logging.install(context, new Log(Log.Level.INFO, Log.Format.TEXT, null));
        Logger log = context.getLogger("test");

        long from = System.nanoTime();
        for (int i = 0; i < 50_000; i++) {
            log.info("line {}", i);
        }

        assertThat((System.nanoTime() - from) / 1e9).isLessThan(10);
    }

    @Test
    void what_was_logged_is_written_when_the_context_ends() {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setErr(new PrintStream(written, true));
        Logging.install(context, new Log(Log.Level.INFO, Log.Format.JSON, null));
        context.getLogger("test").info("the {} line", "last");
        context.stop();

        await().untilAsserted(() -> assertThat(written.toString()).contains("\"message\":\"the last line\""));
    }

    @Test
    void a_warning_that_comes_again_and_again_is_limited_and_the_rest_is_counted() {
        RepeatedWarnings filter = new RepeatedWarnings(context);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setErr(new PrintStream(written, true));
        Logging.install(context, new Log(Log.Level.INFO, Log.Format.TEXT, null));
        int passed = 0;
        for (int i = 0; i < 1000; i++) {
            passed += filter.decide(event(Level.WARN, "host {} is bad", i, 0)) == FilterReply.NEUTRAL ? 1 : 0;
        }
        assertThat(passed).isEqualTo(RepeatedWarnings.MOST);
        assertThat(filter.decide(event(Level.WARN, "another {}", 1, 0))).isEqualTo(FilterReply.NEUTRAL);
        assertThat(filter.decide(event(Level.INFO, "host {} is bad", 1, 0))).isEqualTo(FilterReply.NEUTRAL);

        assertThat(filter.decide(event(Level.WARN, "host {} is bad", 1, RepeatedWarnings.WINDOW_MILLIS)))
                .isEqualTo(FilterReply.NEUTRAL);
        await().untilAsserted(
                        () -> assertThat(written.toString()).contains("980 lines like the next one were left out"));
    }

    private LoggingEvent event(Level level, String text, int value, long later) {
        LoggingEvent event =
                new LoggingEvent("test", context.getLogger("test"), level, text, null, new Object[] {value});
        event.setInstant(Instant.ofEpochMilli(1_000_000_000_000L + later));
        return event;
    }
}
