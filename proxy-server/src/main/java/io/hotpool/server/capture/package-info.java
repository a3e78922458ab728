/** A server that leads a browser through pages and records what it sends. */
@NullMarked
package io.hotpool.server.capture;

import org.jspecify.annotations.NullMarked;
