/** From a host name to the addresses that may be dialled. */
@NullMarked
package io.hotpool.pool.address;

import org.jspecify.annotations.NullMarked;
