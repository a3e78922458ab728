/** The local certificate authority and the leaf certificates it mints. */
@NullMarked
package io.hotpool.server.intercept;

import org.jspecify.annotations.NullMarked;
