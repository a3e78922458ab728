/**
 * The door of the pool: {@link io.hotpool.pool.HotPool}, its configuration, its events and its picture.
 */
@NullMarked
package io.hotpool.pool;

import org.jspecify.annotations.NullMarked;
