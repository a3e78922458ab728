/** A browser's TLS on the wire. The only package that imports BouncyCastle TLS. */
@NullMarked
package io.hotpool.pool.tls;

import org.jspecify.annotations.NullMarked;
