/** The daemon: {@code Main} is the command line's entry, {@code Daemon} builds everything once. */
@NullMarked
package io.hotpool.server;

import org.jspecify.annotations.NullMarked;
