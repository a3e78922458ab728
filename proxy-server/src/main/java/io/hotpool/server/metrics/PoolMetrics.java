package io.hotpool.server.metrics;

import static io.hotpool.server.metrics.Buckets.seconds;

import io.hotpool.pool.OpenExchange.Timing;
import io.hotpool.pool.PoolListener;
import io.hotpool.pool.Tier;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.fault.FaultKind.Side;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the pool does. Label values are looked up once, at the start, so that an event costs an addition; only the host
 * counters look theirs up.
 */
final class PoolMetrics implements PoolListener {
    /** Shown as 0 from the start, so that a rate can be taken of the first one. */
    private static final List<String> RETRY_REASONS = List.of("unprocessed", "stale_connection", "no_response");

    private final HostLabels hosts;
    private final Map<AcquireOutcome, Counter.Child> acquires;
    private final Histogram.Child acquireDuration;
    private final Map<FaultKind, Counter.Child> errors;
    private final Counter hostErrors;
    private final Counter retries;
    private final Map<PrewarmOutcome, Counter.Child> prewarmed;
    private final Counter addressMoves;
    private final Counter.Child testsAnswered;
    private final Counter.Child testsFailed;
    private final Map<DialOutcome, Counter.Child> dials;
    private final Map<HealthOutcome, Counter.Child> healthChecks;
    private final Map<LeaseMisuse, Counter.Child> leasesMisused;
    private final Map<Tier, Counter.Child> tuningSteps;
    private final Map<Protocol, Counter.Child> created = new EnumMap<>(Protocol.class);
    private final Map<Protocol, Counter.Child> createdResumed = new EnumMap<>(Protocol.class);
    private final Map<CloseReason, Counter.Child> closed;
    private final Counter.Child bytesIn;
    private final Counter.Child bytesOut;
    private final Histogram.Child tcpConnect;
    private final Histogram.Child tlsHandshake;
    private final Histogram.Child tlsHandshakeResumed;
    private final Counter.Child dnsFound;
    private final Counter.Child dnsFailed;

    PoolMetrics(CollectorRegistry registry, HostLabels hosts, Counter bytes) {
        this.hosts = hosts;
        bytesIn = bytes.labels("upstream", "in");
        bytesOut = bytes.labels("upstream", "out");
        acquires = children(
                AcquireOutcome.class,
                counter(registry, "acquires_total", "Connections asked for, by how that ended.", "outcome"),
                PoolMetrics::lower);
        acquireDuration = histogram(registry, "acquire_duration_seconds", "From asking for a connection to having it.")
                .labels();
        errors = children(
                FaultKind.class,
                counter(registry, "upstream_errors_total", "Exchanges that the pool ended with a fault.", "kind"),
                FaultKind::label);
        hostErrors = counter(
                registry,
                "host_errors_total",
                "Exchanges that the pool ended with a fault, by host (bounded).",
                "host",
                "kind");
        healthChecks = children(
                HealthOutcome.class,
                counter(registry, "health_checks_total", "Checks of idle connections, by what they found.", "outcome"),
                PoolMetrics::lower);
        prewarmed = children(
                PrewarmOutcome.class,
                counter(
                        registry,
                        "prewarm_connections_total",
                        "Connections asked for ahead of demand, by what became of them.",
                        "outcome"),
                PoolMetrics::lower);
        addressMoves = counter(
                registry,
                "address_moves_total",
                "Addresses of origins that came on a list or left one, by why.",
                "from",
                "to",
                "cause");
        Counter tests = counter(registry, "address_tests_total", "Tests of addresses that had failed.", "outcome");
        testsAnswered = tests.labels("answered");
        testsFailed = tests.labels("failed");
        dials = children(
                DialOutcome.class,
                counter(registry, "dials_total", "Dials to origins, by which of a host's addresses won.", "outcome"),
                PoolMetrics::lower);
        leasesMisused = children(
                LeaseMisuse.class,
                counter(registry, "leases_misused_total", "Leases that a program lost or closed twice.", "misuse"),
                PoolMetrics::lower);
        tuningSteps = children(
                Tier.class,
                counter(registry, "tuning_steps_total", "Limits of another tier put in force by auto_tune.", "to"),
                PoolMetrics::lower);
        retries = counter(registry, "retries_total", "Requests that were sent again, by why.", "reason");
        RETRY_REASONS.forEach(retries::labels);
        Counter creations =
                counter(registry, "connections_created_total", "Connections that became ready.", "protocol", "resumed");
        for (Protocol protocol : Protocol.values()) {
            created.put(protocol, creations.labels(protocol.label(), "false"));
            createdResumed.put(protocol, creations.labels(protocol.label(), "true"));
        }
        closed = children(
                CloseReason.class,
                counter(registry, "connections_closed_total", "Connections that ended, by why.", "reason"),
                PoolMetrics::lower);
        tcpConnect = histogram(registry, "tcp_connect_seconds", "TCP handshakes with origins.")
                .labels();
        Histogram tls = histogram(registry, "tls_handshake_seconds", "TLS handshakes with origins.", "resumed");
        tlsHandshake = tls.labels("false");
        tlsHandshakeResumed = tls.labels("true");
        Counter dns = counter(registry, "dns_lookups_total", "Host names resolved.", "outcome");
        dnsFound = dns.labels("found");
        dnsFailed = dns.labels("failed");
    }

    @Override
    public void acquired(Origin origin, AcquireOutcome outcome, long waitNanos) {
        acquires.get(outcome).inc();
        acquireDuration.observe(seconds(waitNanos));
    }

    @Override
    public void dialEnded(Origin origin, DialOutcome outcome) {
        dials.get(outcome).inc();
    }

    @Override
    public void addressTested(Origin place, InetAddress address, boolean answered) {
        (answered ? testsAnswered : testsFailed).inc();
    }

    @Override
    public void dnsLookup(String host, boolean found, long nanos) {
        (found ? dnsFound : dnsFailed).inc();
    }

    @Override
    public void tcpConnected(Origin origin, long nanos) {
        tcpConnect.observe(seconds(nanos));
    }

    @Override
    public void bytes(boolean in, int count) {
        (in ? bytesIn : bytesOut).inc(count);
    }

    @Override
    public void tlsHandshake(Origin origin, boolean resumed, long nanos) {
        (resumed ? tlsHandshakeResumed : tlsHandshake).observe(seconds(nanos));
    }

    @Override
    public void connectionOpened(ConnectionFacts connection) {
        (connection.resumed() ? createdResumed : created)
                .get(connection.protocol())
                .inc();
    }

    @Override
    public void connectionClosed(ConnectionFacts connection, CloseReason reason, long requests) {
        closed.get(reason).inc();
    }

    @Override
    public void healthChecked(ConnectionFacts connection, HealthOutcome outcome) {
        healthChecks.get(outcome).inc();
    }

    @Override
    public void prewarmed(Origin origin, PrewarmOutcome outcome, int connections) {
        prewarmed.get(outcome).inc(connections);
    }

    @Override
    public void addressMoved(@Nullable Origin origin, InetAddress address, String from, String to, String cause) {
        addressMoves.labels(from, to, cause).inc();
    }

    @Override
    public void tuned(Tier from, Tier to, String why) {
        tuningSteps.get(to).inc();
    }

    @Override
    public void leaseMisused(Origin origin, LeaseMisuse misuse, String site) {
        leasesMisused.get(misuse).inc();
    }

    @Override
    public void retried(Origin origin, String reason) {
        retries.labels(reason).inc();
    }

    @Override
    public void exchangeEnded(
            Origin origin,
            @Nullable ConnectionFacts connection,
            int status,
            @Nullable Fault fault,
            Timing timing,
            long totalNanos) {
        if (fault == null || fault.kind().side() == Side.CLIENT) {
            return;
        }
        errors.get(fault.kind()).inc();
        hostErrors
                .labels(hosts.labelOf(origin.host(), fault.kind()), fault.kind().label())
                .inc();
    }

    private static Counter counter(CollectorRegistry registry, String name, String help, String... labels) {
        return Counter.build("hotpool_" + name, help).labelNames(labels).register(registry);
    }

    private static Histogram histogram(CollectorRegistry registry, String name, String help, String... labels) {
        return Histogram.build("hotpool_" + name, help)
                .buckets(Buckets.duration())
                .labelNames(labels)
                .register(registry);
    }

    /** One child per constant, made now: a series that stands at 0 can be alerted on. */
    private static <E extends Enum<E>> Map<E, Counter.Child> children(
            Class<E> type, Counter counter, Function<E, String> label) {
        Map<E, Counter.Child> children = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            children.put(constant, counter.labels(label.apply(constant)));
        }
        return children;
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
