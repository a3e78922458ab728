package io.hotpool.server.route;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.server.config.HotpoolConfig;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides, before any DNS query, what becomes of a target. Immutable; one per configuration snapshot. Names that only
 * resolve to a forbidden address are the address policy's matter, which judges what is dialled.
 */
public final class Router {
    /** The host that is answered by hotpool itself and never dialled. */
    public static final String BUILT_IN = "hotpool.internal";

    public enum Action {
        /** Bytes pass as they are. */
        TUNNEL,
        /** Look inside: TLS is terminated, clear HTTP is read. */
        INTERCEPT,
        /** A request in absolute-form goes to its origin. */
        FORWARD,
        REFUSE,
        /** Answered by {@link #BUILT_IN}. */
        ANSWER
    }

    /**
     * @param rule the first that names the host
     * @param refusal set for {@link Action#REFUSE}
     */
    public record Decision(
            Action action,
            HotpoolConfig.@Nullable Rule rule,
            @Nullable Fault refusal) {}

    private final HotpoolConfig config;
    private final List<InetSocketAddress> ownListeners;

    /** @param ownListeners where the proxy port is really bound */
    public Router(HotpoolConfig config, Collection<InetSocketAddress> ownListeners) {
        this.config = config;
        this.ownListeners = List.copyOf(ownListeners);
    }

    public HotpoolConfig config() {
        return config;
    }

    /** @param trail what another hotpool asks for is passed through: it has made the browser's TLS already */
    public Decision connect(HostPort target, Trail trail) {
        Fault refusal = refusal(target);
        if (refusal != null) {
            return new Decision(Action.REFUSE, null, refusal);
        }
        if (target.host().equals(BUILT_IN)) {
            return new Decision(Action.INTERCEPT, null, null);
        }
        HotpoolConfig.Rule rule = rule(target.host());
        boolean tunnel = !trail.isEmpty() || rule != null && Boolean.TRUE.equals(rule.tunnel());
        return new Decision(tunnel ? Action.TUNNEL : Action.INTERCEPT, rule, null);
    }

    public Decision request(HostPort target) {
        Fault refusal = refusal(target);
        if (refusal != null) {
            return new Decision(Action.REFUSE, null, refusal);
        }
        if (target.host().equals(BUILT_IN)) {
            return new Decision(Action.ANSWER, null, null);
        }
        return new Decision(Action.FORWARD, rule(target.host()), null);
    }

    public HotpoolConfig.@Nullable Rule rule(String host) {
        for (HotpoolConfig.Rule rule : config.rules()) {
            if (rule.matches(host)) {
                return rule;
            }
        }
        return null;
    }

    private @Nullable Fault refusal(HostPort target) {
        if (config.proxy().forbiddenPorts().contains(target.port())) {
            return Fault.of(FaultKind.TARGET_FORBIDDEN, "port " + target.port() + " is in proxy.forbidden_ports")
                    .at(target.host(), null);
        }
        if (reaches(target, ownListeners)) {
            return Fault.of(FaultKind.LOOP_DETECTED, "the target is this proxy's own port")
                    .at(target.host(), null);
        }
        if (reaches(target, config.admin().listen())) {
            return Fault.of(FaultKind.TARGET_FORBIDDEN, "the target is hotpool's admin port")
                    .at(target.host(), null);
        }
        return null;
    }

    private static boolean reaches(HostPort target, Collection<InetSocketAddress> listeners) {
        for (InetSocketAddress listener : listeners) {
            if (listener.getPort() == target.port() && reaches(target.host(), listener.getAddress())) {
                return true;
            }
        }
        return false;
    }

    private static boolean reaches(String host, InetAddress listener) {
        boolean local = host.equals("localhost") || host.endsWith(".localhost");
        if (local) {
            return listener.isLoopbackAddress() || listener.isAnyLocalAddress();
        }
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
        if (address == null) {
            return false;
        }
        boolean here = address.isLoopbackAddress() || address.isAnyLocalAddress();
        return address.equals(listener)
                || here && listener.isAnyLocalAddress()
                || address.isAnyLocalAddress() && listener.isLoopbackAddress();
    }
}
