package io.hotpool.wire.soak;

import java.util.concurrent.TimeUnit;

/** How long a thread that had something to do was kept from it by this machine: the longest time so far. */
final class Pulse implements AutoCloseable {
    private static final int BEAT_MILLIS = 20;

    private final Thread thread = new Thread(this::beat, "pulse");
    private volatile long longest;

    Pulse() {
        thread.setDaemon(true);
        thread.start();
    }

    private void beat() {
        long last = System.nanoTime();
        while (!Thread.currentThread().isInterrupted()) {
            try {
                TimeUnit.MILLISECONDS.sleep(BEAT_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
            long now = System.nanoTime();
            longest = Math.max(longest, TimeUnit.NANOSECONDS.toMillis(now - last) - BEAT_MILLIS);
            last = now;
        }
    }

    long longestMillis() {
        return longest;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
