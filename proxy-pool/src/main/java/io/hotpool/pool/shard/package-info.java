/** The pool itself: keys, states, caps, queues; one owner loop per host. */
@NullMarked
package io.hotpool.pool.shard;

import org.jspecify.annotations.NullMarked;
