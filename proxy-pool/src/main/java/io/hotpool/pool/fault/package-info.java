/** What can go wrong with an exchange: one table of kinds, one exception. */
@NullMarked
package io.hotpool.pool.fault;

import org.jspecify.annotations.NullMarked;
