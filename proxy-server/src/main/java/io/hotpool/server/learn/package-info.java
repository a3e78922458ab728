/** From what was seen of a browser to its profile. Pure. */
@NullMarked
package io.hotpool.server.learn;

import org.jspecify.annotations.NullMarked;
