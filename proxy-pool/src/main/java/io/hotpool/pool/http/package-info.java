/** The words both sides of the pool speak: origins, heads, header lists and body sinks. No Netty channel here. */
@NullMarked
package io.hotpool.pool.http;

import org.jspecify.annotations.NullMarked;
