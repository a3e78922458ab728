/** Counts that outlive connections: totals of a life, windows of minutes, percentiles. */
@NullMarked
package io.hotpool.pool.stats;

import org.jspecify.annotations.NullMarked;
