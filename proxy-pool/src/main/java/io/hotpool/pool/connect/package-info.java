/** From an address to a connection that is ready: TCP, TLS, ALPN. */
@NullMarked
package io.hotpool.pool.connect;

import org.jspecify.annotations.NullMarked;
