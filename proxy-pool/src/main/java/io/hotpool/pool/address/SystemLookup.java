package io.hotpool.pool.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The machine's own resolver (hosts file, nsswitch, …). It blocks, so it has threads of its own; it tells no TTL. */
final class SystemLookup implements Lookup {
    private static final int THREADS = 8;
    private static final int QUEUE = 1024;
    private static final Duration TTL = Duration.ofSeconds(30);

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE), SystemLookup::thread);

    SystemLookup() {
        threads.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "hotpool-dns");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public CompletionStage<Answer> ask(String name) {
        try {
            return CompletableFuture.supplyAsync(() -> resolve(name), threads);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new UnknownHostException("too many lookups are waiting"));
        }
    }

    private static Answer resolve(String name) {
        try {
            return new Answer(List.of(InetAddress.getAllByName(name)), TTL);
        } catch (UnknownHostException e) {
            throw new CompletionException(new UnknownHostException("not known to the system's resolver"));
        }
    }

    @Override
    public void close() {
        threads.shutdown(); // those who wait get their answer
    }
}
