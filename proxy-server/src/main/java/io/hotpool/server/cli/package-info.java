/** The commands. */
@NullMarked
package io.hotpool.server.cli;

import org.jspecify.annotations.NullMarked;
