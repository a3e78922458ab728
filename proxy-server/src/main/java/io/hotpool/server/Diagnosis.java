package io.hotpool.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hotpool.pool.AddressLists;
import io.hotpool.pool.AddressLists.Kind;
import io.hotpool.pool.OpenExchange.Timing;
import io.hotpool.pool.PoolConfig;
import io.hotpool.pool.PoolSnapshot;
import io.hotpool.pool.fault.DialProgress;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.ConnectionFacts;
import io.hotpool.pool.http.ConnectionFacts.DialTiming;
import io.hotpool.pool.http.Origin;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What one fresh request says of a host: its steps with their times, the pool's state, findings and advice. Pure. */
final class Diagnosis {
    private static final long SLOW_DNS = 500;
    private static final long SLOW_CONNECT = 500;
    private static final long SLOW_TLS = 1000;
    private static final long SLOW_ANSWER = 3000;

    private static final String UNREACHABLE =
            "a firewall or the network between here and there: try from another machine, and with IPv4 only";

    private final ObjectNode json = JsonNodeFactory.instance.objectNode();
    private final ArrayNode steps;
    private final ArrayNode findings;
    private final ArrayNode advice;

    /** The pool after the request, and the addresses that it knows of the host. */
    record State(PoolSnapshot snapshot, List<AddressLists.Address> addresses, PoolConfig config) {}

    private Diagnosis(String url, Origin origin, String profile) {
        json.put("url", url);
        json.put("ok", false);
        json.put("host", origin.host());
        json.put("port", origin.port());
        json.put("scheme", origin.scheme());
        json.put("profile", profile);
        steps = json.putArray("steps");
        json.putObject("pool");
        json.putObject("thresholds");
        findings = json.putArray("findings");
        advice = json.putArray("advice");
    }

    /** @param url without user, query and fragment */
    static JsonNode of(String url, Origin origin, String profile, OneRequest.Outcome outcome, State state) {
        Diagnosis diagnosis = new Diagnosis(url, origin, profile);
        diagnosis.dial(origin, outcome);
        diagnosis.answer(outcome, origin);
        diagnosis.poolState(origin, state.snapshot(), state.config());
        diagnosis.addresses(state.addresses());
        if (outcome.fault() != null) {
            diagnosis.explain(outcome.fault(), origin);
        } else if (diagnosis.findings.isEmpty()) {
            diagnosis.findings.add("nothing is wrong: the host answers, and as fast as one may expect");
        }
        return diagnosis.json;
    }

    private void dial(Origin origin, OneRequest.Outcome outcome) {
        ConnectionFacts connection = outcome.connection();
        if (connection == null) {
            undone(origin, outcome.fault(), outcome.totalNanos());
            return;
        }
        DialTiming times = connection.timing();
        step("dns", true, times.dnsNanos(), resolved(origin, connection));
        step("connect", true, times.tcpNanos(), connected(origin, connection));
        if (origin.secure()) {
            step(
                    "tls",
                    true,
                    times.tlsNanos(),
                    connection.tlsVersion() + ", " + connection.cipherSuite() + ", "
                            + connection.protocol().label() + (connection.resumed() ? ", resumed" : "") + ", JA4 "
                            + connection.ja4());
        }
        slow(
                "DNS",
                times.dnsNanos(),
                SLOW_DNS,
                "a resolver that is near (dns.servers) or fixed addresses (dns.hosts) help");
        slow(
                "connecting",
                times.tcpNanos(),
                SLOW_CONNECT,
                "the host is far or loses packets; keep connections open (pool.min_hot)");
        slow("the TLS handshake", times.tlsNanos(), SLOW_TLS, "prewarm the host, so that requests do not wait for it");
    }

    /** The steps that were taken, and the one that was not. */
    private void undone(Origin origin, @Nullable Fault fault, long nanos) {
        DialProgress progress = fault == null ? null : fault.progress();
        long before = 0;
        if (fault != null && progress != null) {
            String ip = fault.address() == null ? "found" : NetUtil.toAddressString(fault.address());
            if (progress.dnsNanos() > 0 && !origin.ipLiteral()) {
                step("dns", true, progress.dnsNanos(), origin.host() + " is " + ip);
            }
            if (progress.tcpNanos() > 0) {
                step("connect", true, progress.tcpNanos(), "port " + origin.port());
            }
            before = progress.dnsNanos() + progress.tcpNanos();
        }
        step(failedStep(fault), false, Math.max(0, nanos - before), fault == null ? "none" : fault.detail());
    }

    private static String resolved(Origin origin, ConnectionFacts connection) {
        InetAddress address = connection.address();
        if (origin.ipLiteral()) {
            return "the host is an address";
        }
        return address == null
                ? origin.host() + " is looked up by the upstream proxy"
                : origin.host() + " is " + NetUtil.toAddressString(address);
    }

    private static String connected(Origin origin, ConnectionFacts connection) {
        InetAddress address = connection.address();
        String target = address == null ? origin.host() : NetUtil.toAddressString(address);
        String egress = connection.way().egress();
        return target + " port " + origin.port() + (egress.equals("direct") ? "" : " through " + egress);
    }

    private static String failedStep(@Nullable Fault fault) {
        if (fault == null) {
            return "connection";
        }
        return switch (fault.kind()) {
            case DNS_FAILED -> "dns";
            case CONNECT_REFUSED, CONNECT_FAILED -> "connect";
            case CONNECT_TIMEOUT -> late(fault);
            case TLS_CERTIFICATE, TLS_FAILED -> "tls";
            case TARGET_FORBIDDEN, ADDRESS_DENIED -> "policy";
            case UPSTREAM_PROXY -> "upstream proxy";
            default -> "connection";
        };
    }

    private static String late(Fault fault) {
        DialProgress progress = fault.progress();
        if (progress == null) {
            return "connection";
        }
        return switch (progress.stage()) {
            case DNS -> "dns";
            case CONNECT -> "connect";
            case UPSTREAM_PROXY -> "upstream proxy";
            case TLS -> "tls";
        };
    }

    private void answer(OneRequest.Outcome outcome, Origin origin) {
        Timing timing = outcome.timing();
        if (outcome.connection() == null) {
            return;
        }
        int status = outcome.status();
        boolean ok = outcome.fault() == null;
        json.put("ok", ok);
        step(
                "request",
                ok,
                timing.ttfbNanos() > 0 ? timing.ttfbNanos() : outcome.totalNanos(),
                status == 0 ? "no answer" : "status " + status + ", " + outcome.body().length + " bytes of body");
        slow(
                "the first byte of the answer",
                timing.ttfbNanos(),
                SLOW_ANSWER,
                "the origin itself is slow; that is not the connection's doing");
        if (status == 403 || status == 429) {
            findings.add("the origin refuses with " + status + ": it answers, but not to this address or this browser");
            advice.add("try another profile (X-Hotpool-Profile) or another session, and ask less often");
        } else if (status >= 500) {
            findings.add("the origin answers with its own error " + status);
            advice.add("look at the origin: connection, TLS and protocol are in order");
        } else if (status >= 300 && status < 400) {
            findings.add("the origin redirects (" + status + "); " + origin.host() + " itself is reached");
        }
    }

    private void poolState(Origin origin, PoolSnapshot snapshot, PoolConfig config) {
        ObjectNode pool = (ObjectNode) json.get("pool");
        List<PoolSnapshot.Host> same =
                snapshot.hosts().stream().filter(h -> h.origin().equals(origin)).toList();
        int here = same.stream().mapToInt(h -> h.connections().size()).sum();
        int waiting = same.stream().mapToInt(PoolSnapshot.Host::waiting).sum();
        pool.put("host_connections", here);
        pool.put("host_waiting", waiting);
        pool.put("all_connections", snapshot.connections());
        ObjectNode thresholds = (ObjectNode) json.get("thresholds");
        thresholds.put("pool.max_conns_per_host", config.maxConnsPerHost());
        thresholds.put("pool.max_connections", config.maxConnections());
        thresholds.put("pool.conn_timeout", seconds(config.connTimeout()));
        thresholds.put("pool.response_header_timeout", seconds(config.responseHeaderTimeout()));
        boolean full = here >= config.maxConnsPerHost() || snapshot.connections() >= config.maxConnections();
        if (waiting > 0 && full) {
            findings.add(waiting + (waiting == 1 ? " request waits" : " requests wait")
                    + " for a connection to this host, and no more may be opened");
            advice.add("raise pool.max_conns_per_host (now " + config.maxConnsPerHost()
                    + ") or pool.max_connections (now " + config.maxConnections() + ")");
        }
    }

    /** Those that may not be used are worth a word even when another one answered. */
    private void addresses(List<AddressLists.Address> known) {
        ArrayNode addresses = ((ObjectNode) json.get("pool")).putArray("addresses");
        for (AddressLists.Address address : known) {
            String ip = NetUtil.toAddressString(address.address());
            AddressLists.Entry rule = address.rule();
            boolean denied = rule == null ? address.state().equals("denied") : rule.list() == Kind.BLACKLIST;
            String cause = rule == null ? address.evidence() : rule.evidence();
            addresses
                    .addObject()
                    .put("ip", ip)
                    .put("state", denied ? "denied" : address.state())
                    .put("cause", cause);
            if (denied) {
                findings.add("the address " + ip + " is denied: " + cause);
                advice.add("GET /api/v1/blacklist tells since when; DELETE /api/v1/blacklist/" + ip + " takes it off");
            }
        }
    }

    private void explain(Fault fault, Origin origin) {
        json.put("kind", fault.kind().label());
        findings.add(fault.kind().title() + ": " + fault.detail());
        advice.add(advice(fault, origin));
    }

    private static String advice(Fault fault, Origin origin) {
        return switch (fault.kind()) {
            case DNS_FAILED ->
                "check the spelling of " + origin.host() + " and the name servers (dns.servers; empty: the system's)";
            case CONNECT_REFUSED ->
                "nothing listens on port " + origin.port() + " there: check the port, and that the server runs";
            case CONNECT_FAILED -> UNREACHABLE;
            case CONNECT_TIMEOUT -> lateAdvice(fault, origin);
            case TLS_CERTIFICATE ->
                "if the certificate is meant to be trusted, add its authority to tls.extra_ca_files; tls.insecure_hosts turns the check off";
            case TLS_FAILED ->
                "the server may refuse this browser's TLS: try another profile, and the same URL with a real browser";
            case TARGET_FORBIDDEN ->
                "the target is refused by policy: see proxy.allow_private_targets and proxy.forbidden_ports";
            case UPSTREAM_PROXY ->
                "the fault is the upstream proxy's (upstream.proxy, rules): check its address, its credentials and what it allows";
            case ADDRESS_DENIED -> "every address is on the deny list: see GET /api/v1/blacklist";
            case POOL_EXHAUSTED -> "the pool is full: see pool.max_connections and pool.max_conns_per_host";
            case CIRCUIT_OPEN -> "the host failed often and is left alone for a time; it is tried again by itself";
            case RESPONSE_TIMEOUT, EXCHANGE_TIMEOUT, BODY_TIMEOUT ->
                "the server took the request and was silent: look there, or raise pool.response_header_timeout";
            case UPSTREAM_CLOSED, UPSTREAM_RESET, UPSTREAM_PROTOCOL, UPSTREAM_TRUNCATED ->
                "the server ended the connection: try X-Hotpool-Protocol: h1, and another profile";
            default -> "run the same request through the proxy with X-Hotpool-Report: 1, and look at the log";
        };
    }

    private static String lateAdvice(Fault fault, Origin origin) {
        return switch (late(fault)) {
            case "dns" ->
                "no name server answered in time: check dns.servers (empty: the system's), and that port 53 is let out";
            case "tls" ->
                "the server took the connection and said nothing in TLS: is it TLS that port " + origin.port()
                        + " speaks? Something on the way may drop this hello: try another profile";
            case "upstream proxy" ->
                "the upstream proxy did not get through in time: check it, and the host from where it is";
            default -> UNREACHABLE;
        };
    }

    private void slow(String what, long nanos, long limitMillis, String remedy) {
        if (nanos / 1_000_000 > limitMillis) {
            findings.add(what + " took " + millis(nanos) + " ms, more than " + limitMillis + " ms");
            advice.add(remedy);
        }
    }

    private void step(String name, boolean ok, long nanos, @Nullable String detail) {
        steps.addObject()
                .put("step", name)
                .put("ok", ok)
                .put("ms", Math.round(nanos / 1e4) / 100.0)
                .put("detail", detail);
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.0f", nanos / 1e6);
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
