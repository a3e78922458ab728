/** The admin port: health, metrics, API. */
@NullMarked
package io.hotpool.server.admin;

import org.jspecify.annotations.NullMarked;
