package io.hotpool.wire.soak;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A client of the soak on a thread of its own: asks again and again until it is told to stop. */
abstract class Worker implements Runnable {
    private static final int PAUSE_MILLIS = 15;

    final String name;
    final Tally tally;
    final Asks asks;
    private final BooleanSupplier goOn;

    Worker(String name, Tally tally, Asks asks, BooleanSupplier goOn) {
        this.name = name;
        this.tally = tally;
        this.asks = asks;
        this.goOn = goOn;
    }

    @Override
    public void run() {
        try {
            while (goOn.getAsBoolean()) {
                turn();
                TimeUnit.MILLISECONDS.sleep(1 + asks.below(PAUSE_MILLIS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            stop();
        }
    }

    abstract void turn() throws InterruptedException;

    void stop() {}
}
