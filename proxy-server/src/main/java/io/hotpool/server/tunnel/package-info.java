/** Opaque bytes between a client and a target. */
@NullMarked
package io.hotpool.server.tunnel;

import org.jspecify.annotations.NullMarked;
