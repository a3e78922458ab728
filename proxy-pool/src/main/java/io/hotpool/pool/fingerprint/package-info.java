/** Reads what was sent: ClientHello, JA3, JA4, the Akamai HTTP/2 text. */
@NullMarked
package io.hotpool.pool.fingerprint;

import org.jspecify.annotations.NullMarked;
