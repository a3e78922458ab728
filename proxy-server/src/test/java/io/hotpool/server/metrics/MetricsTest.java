package io.hotpool.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotpool.pool.PoolListener.AcquireOutcome;
import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.server.admin.HandLists;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final PoolSnapshot EMPTY = new PoolSnapshot(Instant.EPOCH, List.of());
    private static final String TEXT = MetricsPage.contentType("text/plain");

    private final Metrics metrics = new Metrics("1.2.3", () -> 2, () -> 5);

    private String page() {
        return metrics.page().text(TEXT, EMPTY, new HandLists(), true);
    }

    @Test
    void a_request_is_counted_by_profile_protocol_and_class() {
        metrics.exchangeObserver().exchangeStarted();
        metrics.exchangeObserver().exchangeEnded(Events.answered(204));
        assertThat(page())
                .contains("hotpool_requests_total{profile=\"chrome-156\",protocol=\"h2\",status_class=\"2xx\",} 1.0")
                .contains("hotpool_requests_in_flight 0.0")
                .contains("hotpool_request_duration_seconds_count 1.0");
    }

    @Test
    void a_request_that_reached_no_origin_has_no_protocol() {
        metrics.exchangeObserver().exchangeStarted();
        metrics.exchangeObserver().exchangeEnded(Events.failed(FaultKind.DNS_FAILED));
        assertThat(page()).contains("protocol=\"none\",status_class=\"5xx\",} 1.0");
    }

    @Test
    void the_built_in_host_is_not_counted() {
        metrics.exchangeObserver().exchangeStarted();
        metrics.exchangeObserver().exchangeEnded(Events.ended("internal", Events.ORIGIN, "/", 200, null));
        assertThat(page()).doesNotContain("hotpool_requests_total{").contains("hotpool_requests_in_flight 0.0");
    }

    @Test
    void a_tunnel_counts_but_its_duration_does_not() {
        metrics.exchangeObserver().exchangeEnded(Events.ended("tunnel", Events.ORIGIN, "", 200, null));
        assertThat(page()).contains("status_class=\"2xx\",} 1.0", "hotpool_request_duration_seconds_count 0.0");
    }

    @Test
    void what_the_pool_does_is_counted() {
        var pool = metrics.poolListener();
        pool.acquired(Events.ORIGIN, AcquireOutcome.REUSED, 1_000_000);
        pool.dnsLookup("a.example", false, 1);
        pool.tcpConnected(Events.ORIGIN, 2_000_000);
        pool.tlsHandshake(Events.ORIGIN, true, 3_000_000);
        pool.connectionOpened(Events.connection(1, Events.ORIGIN, Protocol.H1));
        pool.connectionClosed(Events.connection(1, Events.ORIGIN, Protocol.H1), CloseReason.MAX_LIFETIME, 3);
        pool.retried(Events.ORIGIN, "refused_stream");
        var timing = new io.hotpool.pool.OpenExchange.Timing(false, 0, 0, 0, 0, 0);
        pool.exchangeEnded(Events.ORIGIN, null, 0, Fault.of(FaultKind.TLS_CERTIFICATE, "x"), timing, 1);
        pool.exchangeEnded(Events.ORIGIN, null, 0, Fault.of(FaultKind.CLIENT_GONE, "x"), timing, 1);
        assertThat(page())
                .contains("hotpool_acquires_total{outcome=\"reused\",} 1.0")
                .contains("hotpool_acquire_duration_seconds_sum 0.001")
                .contains("hotpool_dns_lookups_total{outcome=\"failed\",} 1.0")
                .contains("hotpool_tcp_connect_seconds_count 1.0")
                .contains("hotpool_tls_handshake_seconds_count{resumed=\"true\",} 1.0")
                .contains("hotpool_connections_created_total{protocol=\"h1\",resumed=\"false\",} 1.0")
                .contains("hotpool_connections_closed_total{reason=\"max_lifetime\",} 1.0")
                .contains("hotpool_retries_total{reason=\"refused_stream\",} 1.0")
                .contains("hotpool_upstream_errors_total{kind=\"tls_certificate\",} 1.0")
                .contains("hotpool_upstream_errors_total{kind=\"client_gone\",} 0.0");
    }

    @Test
    void the_clients_side_is_counted() {
        var clients = metrics.exchangeObserver();
        clients.clientConnected();
        clients.clientConnected();
        clients.clientDisconnected();
        clients.clientTlsHandshake("ok");
        clients.clientTlsHandshake("failed");
        clients.clientBytes(true, 5);
        metrics.poolListener().bytes(false, 7);
        metrics.leafMinted();
        metrics.reloaded(false);
        assertThat(page())
                .contains("hotpool_client_connections 1.0")
                .contains("hotpool_client_tls_handshakes_total{outcome=\"failed\",} 1.0")
                .contains("hotpool_bytes_total{side=\"client\",direction=\"in\",} 5.0")
                .contains("hotpool_bytes_total{side=\"upstream\",direction=\"out\",} 7.0")
                .contains("hotpool_leaf_certificates_minted_total 1.0")
                .contains("hotpool_config_reloads_total{outcome=\"refused\",} 1.0")
                .contains("hotpool_access_log_dropped_total 5.0")
                .containsPattern("hotpool_direct_memory_bytes [0-9.E]+")
                .contains("hotpool_build_info{version=\"1.2.3\",");
    }

    @Test
    void gauges_come_from_the_picture_of_the_pool() {
        var connection = new PoolSnapshot.Connection(
                Events.connection(1, Events.ORIGIN, Protocol.H2),
                "",
                "active",
                2,
                100,
                9,
                0,
                Instant.EPOCH,
                true,
                Instant.EPOCH);
        PoolSnapshot snapshot = new PoolSnapshot(
                Instant.EPOCH, List.of(new PoolSnapshot.Host(Events.ORIGIN, 3, 1, List.of(connection))));
        assertThat(metrics.page().text(TEXT, snapshot, new HandLists(), false))
                .contains("hotpool_connections{state=\"active\",protocol=\"h2\",} 1.0")
                .contains("hotpool_connections{state=\"idle\",protocol=\"h2\",} 0.0")
                .contains("hotpool_connections{state=\"connecting\",protocol=\"unknown\",} 1.0")
                .contains("hotpool_pending_acquires 3.0")
                .contains("hotpool_healthy_connections 1.0")
                .contains("hotpool_pool_healthy 0.0")
                .contains("hotpool_host_connections{host=\"www.example.com\",state=\"active\",} 1.0");
    }

    @Test
    void fifty_thousand_hosts_make_a_bounded_number_of_series() {
        for (int i = 0; i < 50_000; i++) {
            Origin origin = Origin.https("host-" + i + ".example", 443);
            metrics.exchangeObserver().exchangeEnded(Events.ended("intercept", origin, "/", 200, null));
        }
        List<String> series =
                page().lines().filter(line -> !line.startsWith("#")).toList();
        assertThat(series).hasSizeLessThan(2_000);
        assertThat(series).contains("hotpool_host_requests_total{host=\"host-1.example\",status_class=\"2xx\",} 1.0");
        assertThat(series).contains("hotpool_host_requests_total{host=\"other\",status_class=\"2xx\",} 49998.0");
    }

    @Test
    void many_named_hosts_that_fail_in_many_ways_are_bounded_too() {
        Metrics wide = new Metrics("1", () -> 1000, () -> 0);
        for (int i = 0; i < 1000; i++) {
            Origin origin = Origin.https("host-" + i + ".example", 443);
            for (int status : new int[] {200, 301, 404, 503}) {
                wide.exchangeObserver().exchangeEnded(Events.ended("intercept", origin, "/", status, null));
            }
        }
        String text = wide.page().text(MetricsPage.contentType(""), EMPTY, new HandLists(), true);
        assertThat(text.lines().filter(line -> !line.startsWith("#")).count()).isLessThan(2_000);
        assertThat(text)
                .contains("hotpool_host_requests_total{host=\"host-1.example\",status_class=\"5xx\",} 1.0")
                .contains("host=\"other\",status_class=\"5xx\"");
    }

    @Test
    void open_metrics_is_spoken_to_those_who_ask_for_it() {
        String type = MetricsPage.contentType("application/openmetrics-text; version=1.0.0");
        assertThat(type).startsWith("application/openmetrics-text");
        assertThat(metrics.page().text(type, EMPTY, new HandLists(), true)).endsWith("# EOF\n");
    }
}
