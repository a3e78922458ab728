package io.hotpool.server.metrics;

import io.hotpool.pool.AddressLists;
import io.hotpool.pool.PoolSnapshot;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** All metrics as text, in the Prometheus or the OpenMetrics format. */
public final class MetricsPage {
    private final CollectorRegistry registry;
    private final HostLabels hosts;
    private final EgressLabels egress;

    MetricsPage(CollectorRegistry registry, HostLabels hosts, EgressLabels egress) {
        this.registry = registry;
        this.hosts = hosts;
        this.egress = egress;
    }

    /** The content type that the Accept header asks for. */
    public static String contentType(String accept) {
        return TextFormat.chooseContentType(accept);
    }

    /** @param healthy what the statistics say of the pool */
    public String text(String contentType, PoolSnapshot snapshot, AddressLists lists, boolean healthy) {
        List<MetricFamilySamples> families = new ArrayList<>();
        Collections.list(registry.metricFamilySamples()).forEach(family -> families.add(withoutCreated(family)));
        families.addAll(PoolGauges.of(snapshot, lists, healthy, hosts));
        families.add(PoolGauges.byName(
                "hotpool_egress_connections",
                "Connections that are open, by direct or the upstream proxy (bounded).",
                "egress",
                egress.byEgress(snapshot)));
        families.add(PoolGauges.byName(
                "hotpool_source_connections",
                "Connections that are open, by the local address that they leave from (bounded).",
                "source",
                egress.bySource(snapshot)));
        StringWriter out = new StringWriter(32 * 1024);
        try {
            TextFormat.writeFormat(contentType, out, Collections.enumeration(families));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    /** When a counter began is the start of the process: no series of its own is needed to say so. */
    private static MetricFamilySamples withoutCreated(MetricFamilySamples family) {
        List<Sample> samples = family.samples.stream()
                .filter(s -> !s.name.endsWith("_created"))
                .toList();
        return new MetricFamilySamples(family.name, family.unit, family.type, family.help, samples);
    }
}
