/** One line per exchange. */
@NullMarked
package io.hotpool.server.accesslog;

import org.jspecify.annotations.NullMarked;
