/** HTTP/1.1 towards an origin: one exchange at a time on a connection. */
@NullMarked
package io.hotpool.pool.http1;

import org.jspecify.annotations.NullMarked;
