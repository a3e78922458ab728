package io.hotpool.server.metrics;

import io.hotpool.pool.PoolListener;
import io.hotpool.server.frontend.ExchangeObserver;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.hotspot.BufferPoolsExports;
import io.prometheus.client.hotspot.ClassLoadingExports;
import io.prometheus.client.hotspot.GarbageCollectorExports;
import io.prometheus.client.hotspot.MemoryPoolsExports;
import io.prometheus.client.hotspot.StandardExports;
import io.prometheus.client.hotspot.ThreadExports;
import io.prometheus.client.hotspot.VersionInfoExports;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** Every metric of a process, and the listeners that feed them. Any thread. */
public final class Metrics {
    private final CollectorRegistry registry = new CollectorRegistry();
    private final HostLabels hosts;
    private final EgressLabels egress = new EgressLabels();
    private final PoolMetrics pool;
    private final ClientMetrics clients;
    private final Counter leavesMinted = Counter.build(
                    "hotpool_leaf_certificates_minted_total", "Leaf certificates made by the local CA.")
            .register(registry);
    private final Gauge alerts = Gauge.build("hotpool_alert", "1 while the alert stands, by the key of its threshold.")
            .labelNames("alert")
            .register(registry);
    private final Counter reloads = Counter.build(
                    "hotpool_config_reloads_total", "Attempts to replace the configuration, by how they ended.")
            .labelNames("outcome")
            .register(registry);

    /**
     * @param version of hotpool, for {@code hotpool_build_info}
     * @param hostLabels how many hosts get a label of their own; asked when a new host is seen
     * @param accessLogDropped access lines that were not written
     */
    public Metrics(String version, IntSupplier hostLabels, LongSupplier accessLogDropped) {
        this.hosts = new HostLabels(hostLabels);
        Counter bytes = Counter.build("hotpool_bytes_total", "Bytes on the wire, TLS included, as hotpool sees them.")
                .labelNames("side", "direction")
                .register(registry);
        this.pool = new PoolMetrics(registry, hosts, bytes);
        this.clients = new ClientMetrics(registry, hosts, bytes);
        reloads.labels("applied");
        reloads.labels("refused");
        Gauge.build("hotpool_build_info", "1, labelled with what runs.")
                .labelNames("version", "java")
                .register(registry)
                .labels(version, System.getProperty("java.version"))
                .set(1);
        new CountedElsewhere(
                        "hotpool_access_log_dropped_total",
                        "Access lines that were not written because the disk was too slow.",
                        accessLogDropped)
                .register(registry);
        new BufferMemory().register(registry);
        new StandardExports().register(registry);
        new MemoryPoolsExports().register(registry);
        new BufferPoolsExports().register(registry);
        new GarbageCollectorExports().register(registry);
        new ThreadExports().register(registry);
        new ClassLoadingExports().register(registry);
        new VersionInfoExports().register(registry);
    }

    public EgressLabels egress() {
        return egress;
    }

    public PoolListener poolListener() {
        return pool;
    }

    public ExchangeObserver exchangeObserver() {
        return clients;
    }

    public void alert(String name, boolean stands) {
        alerts.labels(name).set(stands ? 1 : 0);
    }

    public void leafMinted() {
        leavesMinted.inc();
    }

    public void reloaded(boolean applied) {
        reloads.labels(applied ? "applied" : "refused").inc();
    }

    /** The page that {@code GET /metrics} answers with. */
    public MetricsPage page() {
        return new MetricsPage(registry, hosts, egress);
    }
}
