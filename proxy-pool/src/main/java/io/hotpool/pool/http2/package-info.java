/** HTTP/2 towards an origin: many exchanges on a connection, opened as the profile's browser does. */
@NullMarked
package io.hotpool.pool.http2;

import org.jspecify.annotations.NullMarked;
