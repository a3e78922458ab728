package io.hotpool.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotpool.pool.ExchangeOptions;
import io.hotpool.pool.HotPool;
import io.hotpool.pool.OpenExchange.Timing;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.ProfileCatalog;
import io.hotpool.server.admin.Inspections;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.config.HotpoolConfig.Warm;
import io.hotpool.server.frontend.PrewarmOrders;
import io.hotpool.server.selftest.SelfTest;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The self-test and the diagnosis, made through the same pools as the requests of clients. */
record OwnRequests(
        HotPool pool,
        SelfTest selfTests,
        Supplier<HotpoolConfig> config,
        Supplier<ProfileCatalog> profiles,
        EventLoop loop,
        AtomicLong diagnoses)
        implements Inspections {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public CompletionStage<JsonNode> selfTest(BrowserProfile profile) {
        RequestHead head = RequestHead.get(selfTests.origin(), selfTests.path(profile.name()));
        return OneRequest.send(selfTests.pool(), head, ExchangeOptions.of(profile), loop)
                .thenApply(OwnRequests::read);
    }

    private static JsonNode read(OneRequest.Outcome outcome) {
        if (outcome.fault() != null) {
            throw outcome.fault();
        }
        try {
            return JSON.readTree(outcome.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In a session of its own, so that the whole way is gone and timed; its connection ends by idleness. */
    @Override
    public CompletionStage<JsonNode> diagnose(String text) {
        URI url = URI.create(text);
        Origin origin = origin(url);
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String shown = origin + path;
        HotpoolConfig now = config.get();
        Warm asked = new Warm(
                origin.host(), origin.port(), origin.scheme(), 1, null, "diagnose-" + diagnoses.incrementAndGet());
        ExchangeOptions options = PrewarmOrders.of(asked, now, profiles.get())
                .options()
                .withTimeout(pool.config().connTimeout().plus(pool.config().responseHeaderTimeout()));
        String target = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
        return outcome(origin, target, options)
                .thenCompose(outcome -> pool.snapshot()
                        .thenApply(snapshot -> Diagnosis.of(
                                shown,
                                origin,
                                options.profile().name(),
                                outcome,
                                new Diagnosis.State(
                                        snapshot,
                                        pool.addresses().addresses(origin.host(), origin.port()),
                                        pool.config()))));
    }

    private CompletionStage<OneRequest.Outcome> outcome(Origin origin, String target, ExchangeOptions options) {
        if (config.get().proxy().forbiddenPorts().contains(origin.port())) {
            Fault fault =
                    Fault.of(FaultKind.TARGET_FORBIDDEN, "port " + origin.port() + " is in proxy.forbidden_ports");
            return CompletableFuture.completedFuture(
                    new OneRequest.Outcome(0, new byte[0], null, new Timing(false, 0, 0, 0, 0, 0), 0, fault));
        }
        return OneRequest.send(pool, RequestHead.get(origin, target), options, loop);
    }

    private static Origin origin(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https") || url.getHost() == null) {
            throw new IllegalArgumentException("the url must be a whole one, such as https://www.example.com/");
        }
        String host = url.getHost().startsWith("[")
                ? url.getHost().substring(1, url.getHost().length() - 1)
                : url.getHost();
        int standard = scheme.equals("https") ? 443 : 80;
        return new Origin(scheme, host, url.getPort() < 0 ? standard : url.getPort());
    }
}
