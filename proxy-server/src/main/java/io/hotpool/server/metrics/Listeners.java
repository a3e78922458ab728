package io.hotpool.server.metrics;

import io.hotpool.server.frontend.ExchangeObserver;
import java.util.List;

/** Several listeners in the place of one, told in order. */
public final class Listeners {
    private Listeners() {}

    public static ExchangeObserver ofExchanges(ExchangeObserver... observers) {
        return new ExchangeObservers(List.of(observers));
    }

    private record ExchangeObservers(List<ExchangeObserver> all) implements ExchangeObserver {
        @Override
        public void clientConnected() {
            all.forEach(ExchangeObserver::clientConnected);
        }

        @Override
        public void clientDisconnected() {
            all.forEach(ExchangeObserver::clientDisconnected);
        }

        @Override
        public void clientTlsHandshake(String outcome) {
            all.forEach(o -> o.clientTlsHandshake(outcome));
        }

        @Override
        public void clientBytes(boolean in, int count) {
            all.forEach(o -> o.clientBytes(in, count));
        }

        @Override
        public void limited(String limit, String reason) {
            all.forEach(o -> o.limited(limit, reason));
        }

        @Override
        public void exchangeStarted() {
            all.forEach(ExchangeObserver::exchangeStarted);
        }

        @Override
        public void exchangeEnded(Ended ended) {
            all.forEach(o -> o.exchangeEnded(ended));
        }
    }
}
