package io.hotpool.pool.address;

import java.net.UnknownHostException;

/** Those who know say that there is no such name (NXDOMAIN, RFC 2308): what was known of it is over. */
final class NoSuchNameException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    NoSuchNameException(String message) {
        super(message);
    }
}
