/** What happens with no request in sight: cleaning, health, refill. */
@NullMarked
package io.hotpool.pool.maintenance;

import org.jspecify.annotations.NullMarked;
