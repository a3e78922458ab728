package io.hotpool.pool.fault;

/**
 * How far a dial had come when it failed.
 *
 * @param stage what was under way
 * @param dnsNanos that looking the name up took, 0 when it was not done
 * @param tcpNanos that connecting took, 0 when it was not done
 */
public record DialProgress(Stage stage, long dnsNanos, long tcpNanos) {
    public enum Stage {
        DNS,
        CONNECT,
        UPSTREAM_PROXY,
        TLS
    }
}
