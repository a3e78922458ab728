package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.ResponseHead;
import io.hotpool.server.config.HotpoolConfig.PlainHttp;
import io.hotpool.server.route.HttpsFirst;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A request for {@code http://} that goes out over TLS, and perhaps back to clear HTTP. Confined to the client's loop. */
final class PlainHttpAttempt {
    /** A port 443 that swallows packets must not cost the whole connect timeout. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final RequestPlan plan;
    private final HttpsFirst memory;
    private final boolean mayFallBack;

    private PlainHttpAttempt(RequestPlan plan, HttpsFirst memory, boolean mayFallBack) {
        this.plan = plan;
        this.memory = memory;
        this.mayFallBack = mayFallBack;
    }

    /** Null when the request goes as its plan says. */
    static @Nullable PlainHttpAttempt of(RequestPlan plan, HttpsFirst memory) {
        RequestHead head = plan.head();
        if (plan.plainHttp() == PlainHttp.NEVER) {
            return HttpsFirst.concerns(head.origin()) ? new PlainHttpAttempt(plan, memory, false) : null;
        }
        if (plan.plainHttp() == PlainHttp.ALWAYS || head.upgrades()) {
            return null;
        }
        HttpsFirst.Choice choice = memory.choose(head.origin(), head.safe() && !head.hasBody());
        return choice == HttpsFirst.Choice.CLEAR
                ? null
                : new PlainHttpAttempt(plan, memory, choice == HttpsFirst.Choice.TRY);
    }

    RequestHead firstHead() {
        Origin clear = plan.head().origin();
        Origin secure = Origin.https(clear.host(), 443);
        return plan.head().withOrigin(secure, secure.authority());
    }

    void watch(ClientExchange exchange) {
        if (mayFallBack) {
            exchange.client().after(PATIENCE_NANOS, () -> {
                if (!exchange.connected()) {
                    exchange.carryInTheClear();
                }
            });
        }
    }

    boolean fallsBackAfter(Fault fault) {
        return mayFallBack && HttpsFirst.noTls(fault.kind());
    }

    boolean sendsBack(ResponseHead head) {
        return mayFallBack
                && HttpsFirst.sendsBack(
                        head.status(), head.headers(), plan.asked(), plan.head().path());
    }

    void worked() {
        if (mayFallBack) {
            memory.worked(plan.asked().host());
        }
    }

    void failed() {
        memory.failed(plan.asked().host());
    }
}
