/** Prometheus metrics, fed by listeners. */
@NullMarked
package io.hotpool.server.metrics;

import org.jspecify.annotations.NullMarked;
