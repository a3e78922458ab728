/** The proxy port: from a client's bytes to an exchange and back. */
@NullMarked
package io.hotpool.server.frontend;

import org.jspecify.annotations.NullMarked;
