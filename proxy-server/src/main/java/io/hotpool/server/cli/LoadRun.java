package io.hotpool.server.cli;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * So many clients, each with one request at a time, until a count or a time is reached. With a rate, a request's time counts
 * from when it was due, so that a server that stalls cannot hide it by not being asked.
 */
final class LoadRun {
    private static final long LONGEST_MICROS = 600_000_000;

    private final HttpClient client;
    private final HttpRequest request;
    private final Plan plan;
    private final AtomicLong started = new AtomicLong();
    private final Histogram micros = new ConcurrentHistogram(LONGEST_MICROS, 3);
    private final LongAdder reused = new LongAdder();
    private final LongAdder reports = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final Map<String, LongAdder> outcomes = new ConcurrentHashMap<>();
    private final CountDownLatch running;
    private final long begin = System.nanoTime();
    private volatile long end;

    /**
     * @param count of requests; 0: as many as there is time for
     * @param rate requests a second over all clients; 0: as fast as answers come
     */
    record Plan(int clients, long count, Duration duration, double rate) {}

    LoadRun(HttpClient client, HttpRequest request, Plan plan) {
        this.client = client;
        this.request = request;
        this.plan = plan;
        this.running = new CountDownLatch(plan.clients());
    }

    LoadRun start() {
        for (int i = 0; i < plan.clients(); i++) {
            next();
        }
        return this;
    }

    /** False when the time passed and it still runs. */
    boolean await(long millis) throws InterruptedException {
        return running.await(millis, TimeUnit.MILLISECONDS);
    }

    private void next() {
        long number = started.getAndIncrement();
        long due = plan.rate() == 0 ? System.nanoTime() : begin + (long) (number * 1e9 / plan.rate());
        boolean over = plan.count() > 0
                ? number >= plan.count()
                : Math.max(due, System.nanoTime()) - begin >= plan.duration().toNanos();
        if (over) {
            end = System.nanoTime();
            running.countDown();
            return;
        }
        long wait = due - System.nanoTime();
        if (wait > 0) {
            Executor later = CompletableFuture.delayedExecutor(wait, TimeUnit.NANOSECONDS);
            later.execute(() -> send(due));
        } else {
            send(due);
        }
    }

    private void send(long due) {
        client.sendAsync(request, BodyHandlers.ofByteArray()).whenCompleteAsync((response, failure) -> {
            micros.recordValue(Math.min(LONGEST_MICROS, (System.nanoTime() - due) / 1000));
            if (failure == null) {
                answered(response);
            } else {
                Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                count(cause.getClass().getSimpleName());
            }
            next();
        });
    }

    private void answered(HttpResponse<byte[]> response) {
        bytes.add(response.body().length);
        count(Integer.toString(response.statusCode()));
        response.headers().firstValue("x-hotpool-reused").ifPresent(ready -> {
            reports.increment();
            if (ready.equals("true")) {
                reused.increment();
            }
        });
    }

    private void count(String outcome) {
        outcomes.computeIfAbsent(outcome, o -> new LongAdder()).increment();
    }

    long done() {
        return micros.getTotalCount();
    }

    double seconds() {
        return ((end == 0 ? System.nanoTime() : end) - begin) / 1e9;
    }

    /** Answers with a status below 500. */
    long succeeded() {
        return outcomes.entrySet().stream()
                .filter(e -> e.getKey().matches("[1-4]\\d\\d"))
                .mapToLong(e -> e.getValue().sum())
                .sum();
    }

    double millis(double percentile) {
        return micros.getValueAtPercentile(percentile) / 1000.0;
    }

    Map<String, Object> report() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("requests", done());
        report.put("succeeded", succeeded());
        report.put("seconds", Math.round(seconds() * 1000) / 1000.0);
        report.put("requests_per_second", Math.round(done() / seconds() * 10) / 10.0);
        report.put("body_bytes", bytes.sum());
        if (reports.sum() > 0) {
            report.put("reuse_rate", Math.round(1000.0 * reused.sum() / reports.sum()) / 1000.0);
        }
        report.put("mean_ms", Math.round(micros.getMean()) / 1000.0);
        for (String share : percentiles()) {
            report.put("p" + share + "_ms", millis(Double.parseDouble(share)));
        }
        report.put("max_ms", micros.getMaxValue() / 1000.0);
        Map<String, Long> ends = new TreeMap<>();
        outcomes.forEach((outcome, count) -> ends.put(outcome, count.sum()));
        report.put("outcomes", ends);
        return report;
    }

    private static List<String> percentiles() {
        return List.of("50", "75", "90", "99", "99.9");
    }
}
