/** Where a request goes and how: rules, directives, policy. Pure. */
@NullMarked
package io.hotpool.server.route;

import org.jspecify.annotations.NullMarked;
