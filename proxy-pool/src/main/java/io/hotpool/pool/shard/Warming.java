package io.hotpool.pool.shard;

import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.http.UpstreamConnection;

/** One who has a connection made ahead of demand. Gets exactly one call, on the shard's loop. */
public interface Warming {
    /** Why no dial was made. The label names the setting to change. */
    enum Refusal {
        MAX_CONNS_PER_HOST("max_conns_per_host"),
        MAX_CONNECTIONS("max_connections"),
        /** Others wait for connections of that host, and come first. */
        DEMAND("demand"),
        CLOSED("shutdown");

        private final String label;

        Refusal(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    void opened(UpstreamConnection connection);

    void failed(Fault fault);

    void refused(Refusal why);
}
