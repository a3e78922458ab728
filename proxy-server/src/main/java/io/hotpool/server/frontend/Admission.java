package io.hotpool.server.frontend;

import io.hotpool.server.route.Directives;

/**
 * A client that may use the proxy.
 *
 * @param user empty when nobody was named
 * @param directives of the user name, over the user's defaults
 */
record Admission(String user, Directives directives) {
    static final Admission ANONYMOUS = new Admission("", Directives.NONE);
}
