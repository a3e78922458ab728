package io.hotpool.server.metrics;

import io.hotpool.pool.AddressLists;
import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.http.Protocol;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a picture of the pool says, as gauges. */
final class PoolGauges {
    private static final List<String> STATES = List.of("idle", "active", "draining");

    private PoolGauges() {}

    static List<MetricFamilySamples> of(PoolSnapshot snapshot, AddressLists lists, boolean healthy, HostLabels hosts) {
        return List.of(
                connections(snapshot),
                new GaugeMetricFamily(
                        "hotpool_pending_acquires", "Exchanges that wait for a connection.", snapshot.waiting()),
                new GaugeMetricFamily(
                        "hotpool_pool_healthy",
                        "1 when there are healthy connections and at least half of all requests succeeded.",
                        healthy ? 1 : 0),
                new GaugeMetricFamily(
                        "hotpool_healthy_connections",
                        "Open connections that take requests: neither on their way out nor kept back by a check.",
                        healthyConnections(snapshot)),
                listSizes(lists),
                hostConnections(snapshot, hosts));
    }

    private static long healthyConnections(PoolSnapshot snapshot) {
        return snapshot.hosts().stream()
                .flatMap(h -> h.connections().stream())
                .filter(PoolSnapshot.Connection::healthy)
                .count();
    }

    private static MetricFamilySamples listSizes(AddressLists lists) {
        GaugeMetricFamily family = new GaugeMetricFamily(
                "hotpool_address_list_size", "Entries of the address lists, learned ones included.", List.of("list"));
        for (AddressLists.Kind kind : AddressLists.Kind.values()) {
            family.addMetric(List.of(kind.label()), lists.size(kind));
        }
        return family;
    }

    private static MetricFamilySamples connections(PoolSnapshot snapshot) {
        GaugeMetricFamily family = new GaugeMetricFamily(
                "hotpool_connections", "Connections to origins that are open.", List.of("state", "protocol"));
        for (Protocol protocol : Protocol.values()) {
            for (String state : STATES) {
                family.addMetric(List.of(state, protocol.label()), count(snapshot, state, protocol));
            }
        }
        // What will be spoken is not known before the handshake is over.
        family.addMetric(List.of("connecting", "unknown"), snapshot.connecting());
        return family;
    }

    private static long count(PoolSnapshot snapshot, String state, Protocol protocol) {
        return snapshot.hosts().stream()
                .flatMap(h -> h.connections().stream())
                .filter(c -> c.state().equals(state) && c.facts().protocol() == protocol)
                .count();
    }

    static MetricFamilySamples byName(String metric, String help, String label, Map<String, Integer> counts) {
        GaugeMetricFamily family = new GaugeMetricFamily(metric, help, List.of(label));
        counts.forEach((name, count) -> family.addMetric(List.of(name), count));
        return family;
    }

    private static MetricFamilySamples hostConnections(PoolSnapshot snapshot, HostLabels hosts) {
        Map<List<String>, Integer> counts = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        for (PoolSnapshot.Host host : snapshot.hosts()) {
            String name = host.origin().host();
            host.connections()
                    .forEach(c -> counts.merge(List.of(hosts.labelOf(name, c.state()), c.state()), 1, Integer::sum));
        }
        GaugeMetricFamily family = new GaugeMetricFamily(
                "hotpool_host_connections",
                "Connections to origins that are open, by host (bounded).",
                List.of("host", "state"));
        counts.forEach(family::addMetric);
        return family;
    }
}
