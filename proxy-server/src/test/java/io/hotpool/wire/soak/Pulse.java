package io.hotpool.wire.soak;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.util.concurrent.TimeUnit;

/** How short of processors this machine is: whether timeouts of a few seconds mean what they say. */
final class Pulse implements AutoCloseable {
    private static final int BEAT_MILLIS = 20;
    private static final int LONGEST_MILLIS = 700;
    private static final double MOST_LOAD = 1.5;

    private final OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    private final Thread thread = new Thread(this::beat, "pulse");
    private volatile long longest;
    private volatile double load;

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
            load = Math.max(load, system.getSystemLoadAverage() / system.getAvailableProcessors());
            last = now;
        }
    }

    /** Too much else wanted to run, or a thread had to wait for long. */
    boolean starved() {
        return longest > LONGEST_MILLIS || load > MOST_LOAD;
    }

    @Override
    public String toString() {
        return "the machine had up to %.1f tasks for a processor, and kept a thread waiting for up to %d ms%s"
                .formatted(load, longest, starved() ? ": timeouts are its own" : "");
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
