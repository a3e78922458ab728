package io.hotpool.pool.address;

import io.hotpool.pool.address.Observation.Outcome;
import io.hotpool.pool.http.Origin;
import java.net.InetAddress;
import java.util.List;

/** Told what dials and answers show about addresses. Confined to one loop; cheap, never blocks. */
public interface AddressObserver {
    AddressObserver NONE = new AddressObserver() {
        @Override
        public void seen(Origin origin, InetAddress address, Outcome outcome, long latencyNanos) {}

        @Override
        public void resolved(Origin origin, List<InetAddress> addresses) {}
    };

    /** @param latencyNanos from request to answer; 0 where it does not apply */
    void seen(Origin origin, InetAddress address, Outcome outcome, long latencyNanos);

    /** The addresses that the origin's host has now. */
    void resolved(Origin origin, List<InetAddress> addresses);
}
