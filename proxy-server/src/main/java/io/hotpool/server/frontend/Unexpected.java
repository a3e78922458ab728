package io.hotpool.server.frontend;

import java.io.IOException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Exceptions at the end of a client's pipeline: a broken connection is everyday, anything else is a mistake of ours. */
final class Unexpected {
    private static final Logger LOG = LoggerFactory.getLogger(Unexpected.class);

    private Unexpected() {}

    static void report(ClientConnection client, Throwable cause) {
        boolean everyday = cause instanceof IOException
                || cause instanceof SSLException
                || cause.getCause() instanceof SSLException;
        if (everyday) {
            LOG.debug("client {} {}: {}", client.id(), client.remote(), cause.toString());
        } else {
            LOG.warn("client {} {}: unexpected", client.id(), client.remote(), cause);
        }
    }
}
