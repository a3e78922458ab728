package io.hotpool.server.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import java.util.List;
import java.util.function.LongSupplier;

/** A counter whose owner counts for itself. */
final class CountedElsewhere extends Collector {
    private final String name;
    private final String help;
    private final LongSupplier count;

    CountedElsewhere(String name, String help, LongSupplier count) {
        this.name = name;
        this.help = help;
        this.count = count;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        return List.of(new CounterMetricFamily(name, help, count.getAsLong()));
    }
}
