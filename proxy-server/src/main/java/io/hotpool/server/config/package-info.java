/** TOML, environment and command line become validated records. */
@NullMarked
package io.hotpool.server.config;

import org.jspecify.annotations.NullMarked;
