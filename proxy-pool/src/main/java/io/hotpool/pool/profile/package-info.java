/** A browser as data: one file drives TLS, HTTP/2 and headers together. */
@NullMarked
package io.hotpool.pool.profile;

import org.jspecify.annotations.NullMarked;
