package io.hotpool.pool.connect;

import io.hotpool.pool.ClientCertificate;
import io.hotpool.pool.Egress;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.tls.TlsRequest;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection to be made.
 *
 * @param form which hello; of no matter in clear text
 * @param ticketScope as in {@link TlsRequest}
 * @param session sticks to one address of the host; empty: spread
 * @param address the one address to connect to; null: those of the host
 * @param egress the way there
 * @param certificate of the client, null: none
 * @param timeout for DNS, TCP and TLS together
 * @param moreHandshakes how many further addresses are tried when a handshake fails
 * @param test nobody waits for it: it is not in the statistics
 */
public record ConnectPlan(
        Origin origin,
        BrowserProfile profile,
        TlsRequest.Form form,
        Object ticketScope,
        boolean verify,
        String session,
        @Nullable InetAddress address,
        Egress egress,
        @Nullable ClientCertificate certificate,
        Duration timeout,
        int moreHandshakes,
        boolean test) {}
