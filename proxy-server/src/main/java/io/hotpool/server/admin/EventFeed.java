package io.hotpool.server.admin;

import io.hotpool.pool.PoolListener;
import io.hotpool.pool.Tier;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.UpstreamConnection.CloseReason;
import io.hotpool.server.alert.Alert;
import io.hotpool.server.config.Reload;
import io.hotpool.server.frontend.ExchangeObserver;
import io.netty.util.NetUtil;
import io.netty.util.internal.PlatformDependent;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where everything worth telling an operator is put: from any thread, at the cost of an allocation and an enqueue. What does
 * not fit until it is read is counted and left out. Read by one thread.
 */
public final class EventFeed implements PoolListener, ExchangeObserver {
    private static final int LONGEST_QUEUE = 4096;

    private final Clock clock;
    private final Queue<Happening> queue = PlatformDependent.newFixedMpscQueue(LONGEST_QUEUE);
    private final LongAdder dropped = new LongAdder();

    /** @param type {@code connection_opened}; @param data what JSON can show, never a secret */
    record Happening(Instant at, String type, Map<String, Object> data) {}

    public EventFeed(Clock clock) {
        this.clock = clock;
    }

    /** @param data numbers, booleans, texts and lists of them, in the order in which they are shown */
    public void publish(String type, Map<String, Object> data) {
        if (!queue.offer(new Happening(clock.instant(), type, data))) {
            dropped.increment();
        }
    }

    /** Takes out what is there, at most {@code most}. */
    void drain(int most, Consumer<Happening> reader) {
        for (int i = 0; i < most; i++) {
            Happening next = queue.poll();
            if (next == null) {
                break;
            }
            reader.accept(next);
        }
        long left = dropped.sumThenReset();
        if (left > 0) {
            reader.accept(new Happening(clock.instant(), "dropped", Map.of("events", left)));
        }
    }

    @Override
    public void connectionOpened(ConnectionFacts connection) {
        Map<String, Object> data = about(connection);
        data.put("profile", connection.profile());
        data.put("resumed", connection.resumed());
        data.put("tcp_ms", connection.timing().tcpNanos() / 1e6);
        data.put("tls_ms", connection.timing().tlsNanos() / 1e6);
        publish("connection_opened", data);
    }

    @Override
    public void connectionClosed(ConnectionFacts connection, CloseReason reason, long requests) {
        Map<String, Object> data = about(connection);
        data.put("reason", reason.name().toLowerCase(Locale.ROOT));
        data.put("requests", requests);
        publish("connection_closed", data);
    }

    @Override
    public void dialFailed(Origin origin, Fault fault) {
        Map<String, Object> data = about(origin);
        data.put("kind", fault.kind().label());
        data.put("detail", fault.detail());
        publish("dial_failed", data);
    }

    @Override
    public void addressMoved(@Nullable Origin origin, InetAddress address, String from, String to, String cause) {
        Map<String, Object> data = origin == null ? new LinkedHashMap<>() : about(origin);
        data.put("ip", NetUtil.toAddressString(address));
        data.put("from", from);
        data.put("to", to);
        data.put("cause", cause);
        publish("address_listed", data);
    }

    @Override
    public void exchangeEnded(Ended ended) {
        if (ended.fault() == null || ended.fault().quiet() || ended.form().equals("internal")) {
            return;
        }
        Map<String, Object> data = about(ended.origin());
        data.put("exchange", ended.id());
        data.put("kind", ended.fault().label());
        data.put("status", ended.status());
        data.put("detail", ended.detail());
        publish("exchange_failed", data);
    }

    public void alert(Alert alert, boolean raised) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("alert", alert.kind().label());
        data.put("raised", raised);
        data.put("since", alert.since().toString());
        data.put("value", alert.value());
        data.put("threshold", alert.threshold());
        data.put("text", alert.text());
        data.put("advice", alert.advice());
        publish("alert", data);
    }

    @Override
    public void healthChecked(ConnectionFacts connection, HealthOutcome outcome) {
        if (outcome != HealthOutcome.HEALTHY) {
            Map<String, Object> data = about(connection);
            data.put("outcome", outcome.name().toLowerCase(Locale.ROOT));
            publish("health", data);
        }
    }

    @Override
    public void prewarmed(Origin origin, PrewarmOutcome outcome, int connections) {
        if (connections > 0) {
            Map<String, Object> data = about(origin);
            data.put("outcome", outcome.name().toLowerCase(Locale.ROOT));
            data.put("connections", connections);
            publish("prewarm", data);
        }
    }

    @Override
    public void tuned(Tier from, Tier to, String why) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("from", from.label());
        data.put("to", to.label());
        data.put("why", why);
        publish("limits_tuned", data);
    }

    @Override
    public void leaseMisused(Origin origin, LeaseMisuse misuse, String site) {
        Map<String, Object> data = about(origin);
        data.put("misuse", misuse.name().toLowerCase(Locale.ROOT));
        data.put("acquired_at", site);
        publish("lease_misused", data);
    }

    /** Both attempts that were taken over and those that were refused. */
    public void reloaded(Reload reload) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("applied", reload.ok());
        data.put("changed", reload.changed());
        data.put("problems", reload.problems().stream().map(Object::toString).toList());
        publish("reload", data);
    }

    private static Map<String, Object> about(ConnectionFacts connection) {
        Map<String, Object> data = about(connection.origin());
        data.put("connection", connection.id());
        if (connection.address() != null) {
            data.put("ip", NetUtil.toAddressString(connection.address()));
        }
        data.put("egress", connection.way().egress());
        data.put("protocol", connection.protocol().label());
        return data;
    }

    private static Map<String, Object> about(@Nullable Origin origin) {
        Map<String, Object> data = new LinkedHashMap<>();
        if (origin != null) {
            data.put("host", origin.hostPort());
            data.put("scheme", origin.scheme());
        }
        return data;
    }
}
