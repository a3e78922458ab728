/** How much each client, user and host may have. */
@NullMarked
package io.hotpool.server.limit;

import org.jspecify.annotations.NullMarked;
