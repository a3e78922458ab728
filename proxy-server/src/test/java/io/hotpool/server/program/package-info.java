/** The packaged program, started as users start it. */
@NullMarked
package io.hotpool.server.program;

import org.jspecify.annotations.NullMarked;
