/** One request and its response, over both loops, with its retries. */
@NullMarked
package io.hotpool.pool.exchange;

import org.jspecify.annotations.NullMarked;
