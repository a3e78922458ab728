/** The soak: a daemon, mixed clients and honest origins for minutes, with everything failing in between. */
@NullMarked
package io.hotpool.wire.soak;

import org.jspecify.annotations.NullMarked;
