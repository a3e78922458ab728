package io.hotpool.server.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hotpool.server.metrics.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AccessLogTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("logs/access.log");
    }

    private AccessLog open() throws IOException {
        return new AccessLog(LineFile.open(file()), AccessLine::text, Clock.systemUTC());
    }

    @Test
    void every_exchange_is_written_once_and_closing_waits_for_the_last() throws IOException {
        AccessLog log = open();
        for (int i = 0; i < 1000; i++) {
            log.exchangeEnded(Events.answered(200));
        }
        log.close();
        assertThat(Files.readAllLines(file())).hasSize(1000);
        assertThat(log.dropped()).isZero();
    }

    @Test
    void a_line_is_there_soon_without_closing() throws IOException {
        try (AccessLog log = open()) {
            log.exchangeEnded(Events.answered(200));
            await().until(() -> Files.readAllLines(file()).size() == 1);
        }
    }

    @Test
    void a_rotated_file_is_opened_anew() throws IOException {
        try (AccessLog log = open()) {
            log.exchangeEnded(Events.answered(200));
            await().until(() -> Files.readAllLines(file()).size() == 1);
            Files.move(file(), folder.resolve("logs/access.log.1"));
            await().pollInterval(Duration.ofMillis(200)).until(() -> {
                log.exchangeEnded(Events.answered(200));
                return Files.exists(file()) && !Files.readAllLines(file()).isEmpty();
            });
        }
    }

    @Test
    void a_writer_that_is_stuck_never_blocks_the_caller_and_what_is_lost_is_counted() throws IOException {
        CountDownLatch stuck = new CountDownLatch(1);
        AccessLog log = new AccessLog(
                LineFile.open(file()),
                line -> {
                    try {
                        stuck.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return line.text();
                },
                Clock.systemUTC());
        int sent = 40_000;
        for (int i = 0; i < sent; i++) {
            log.exchangeEnded(Events.answered(200));
        }
        assertThat(log.dropped()).isPositive();
        stuck.countDown();
        log.close();
        assertThat(Files.readAllLines(file()).size() + log.dropped()).isEqualTo(sent);
    }
}
