/** An origin inside the process that says what it saw. */
@NullMarked
package io.hotpool.server.selftest;

import org.jspecify.annotations.NullMarked;
