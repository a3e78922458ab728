package io.hotpool.server.admin;

import io.hotpool.pool.PoolSnapshot;
import io.hotpool.server.metrics.MetricsPage;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** What is asked for without a token: health, metrics, the root certificate, proxy settings, the index. */
final class PublicPages {
    private final AdminServices services;
    private final MetricsPage metrics;

    PublicPages(AdminServices services) {
        this.services = services;
        this.metrics = services.metrics().page();
    }

    void addTo(Routes routes) {
        routes.get("/healthz", request -> Answer.text("text/plain; charset=utf-8", "ok\n"));
        routes.get("/readyz", request -> readiness());
        routes.later("GET", "/metrics", this::metrics);
        routes.get(
                "/ca.pem",
                request -> Answer.text(
                                "application/x-pem-file", services.leaves().rootPem())
                        .with("Content-Disposition", "attachment; filename=\"hotpool-ca.pem\""));
        routes.get(
                "/ca.crt",
                request -> new Answer(
                                200,
                                "application/x-x509-ca-cert",
                                services.leaves().rootDer(),
                                Map.of())
                        .with("Content-Disposition", "attachment; filename=\"hotpool-ca.crt\""));
        routes.get("/proxy.pac", this::proxyPac);
    }

    private Answer readiness() {
        if (!services.ready().getAsBoolean()) {
            throw new Problem(503, "starting or draining");
        }
        return Answer.text("text/plain; charset=utf-8", "ready\n");
    }

    private CompletionStage<Answer> metrics(AdminRequest request) {
        String type = MetricsPage.contentType(request.headers().get(HttpHeaderNames.ACCEPT, ""));
        return services.pool()
                .snapshot()
                .thenApply(snapshot -> Answer.text(
                        type, metrics.text(type, snapshot, services.pool().addresses(), healthy(snapshot))));
    }

    private boolean healthy(PoolSnapshot snapshot) {
        return snapshot.healthyAt(services.statistics().totals().successRate());
    }

    private Answer proxyPac(AdminRequest request) {
        List<InetSocketAddress> addresses = services.proxyAddresses().get();
        if (addresses.isEmpty()) {
            throw new Problem(503, "the proxy port is not open");
        }
        return Answer.text(
                "application/x-ns-proxy-autoconfig",
                ProxyPac.text(addresses.get(0), request.headers().get(HttpHeaderNames.HOST)));
    }
}
