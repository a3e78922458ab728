package io.hotpool.server.frontend;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.server.config.HotpoolConfig;
import io.hotpool.server.config.Limit;
import io.hotpool.server.limit.Limiter;
import io.hotpool.server.limit.Limiter.Claim;
import io.hotpool.server.limit.Limiter.Outcome;
import io.hotpool.server.limit.Limiter.Permit;
import io.hotpool.server.limit.Limiter.Refusal;
import io.hotpool.server.limit.Limiter.Subject;
import io.hotpool.server.route.Router;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The limits that a request or a tunnel falls under, by the configuration of the moment. Thread-safe. */
final class RequestLimits {
    private final Limiter limiter = new Limiter(System::nanoTime);

    /**
     * @param user empty when nobody was named
     * @throws Fault {@link FaultKind#RATE_LIMITED}
     */
    Permit admit(ClientConnection client, String user, String host) {
        Router router = client.context().router();
        Outcome outcome =
                limiter.admit(claims(router, client.remote().getAddress().getHostAddress(), user, host));
        Refusal refusal = outcome.refusal();
        if (refusal == null && outcome.permit() != null) {
            return outcome.permit();
        }
        throw fault(client, refusal);
    }

    private static List<Claim> claims(Router router, String client, String user, String host) {
        HotpoolConfig config = router.config();
        List<Claim> claims = new ArrayList<>(3);
        add(claims, Subject.CLIENT, client, config.limits().client());
        if (!user.isEmpty()) {
            add(claims, Subject.USER, user, ofUser(config, user));
        }
        HotpoolConfig.Rule rule = router.rule(host);
        Limit ruled = rule == null ? null : rule.limits();
        add(claims, Subject.HOST, host, ruled == null ? config.limits().host() : ruled);
        return claims;
    }

    private static Limit ofUser(HotpoolConfig config, String name) {
        for (HotpoolConfig.User user : config.proxy().users()) {
            if (user.name().equals(name) && user.limits() != null) {
                return user.limits();
            }
        }
        return config.limits().user();
    }

    private static void add(List<Claim> claims, Subject subject, String name, Limit limit) {
        if (!limit.none()) {
            claims.add(new Claim(subject, name, limit));
        }
    }

    private static Fault fault(ClientConnection client, @Nullable Refusal refusal) {
        if (refusal == null) {
            throw new IllegalStateException("neither let in nor refused");
        }
        String subject = refusal.claim().subject().label();
        Limit limit = refusal.claim().limit();
        client.frontend().observer().limited(subject, refusal.reason());
        String what = refusal.reason().equals("rate")
                ? "more than " + number(limit.rate()) + " requests a second"
                : "more than " + limit.concurrency() + " requests at a time";
        return Fault.of(FaultKind.RATE_LIMITED, what + " for this " + subject)
                .retryAfter(Duration.ofNanos(refusal.waitNanos()));
    }

    private static String number(double rate) {
        return rate == Math.rint(rate) ? Long.toString((long) rate) : Double.toString(rate);
    }
}
